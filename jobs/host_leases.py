"""Which scheduler observes which host: a lease of ten seconds with an epoch that fences out an old owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from drives.models import Host
from jobs.clocks import ran_out

LEASE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class HostLease:
    """The proof that a scheduler owns a host. A claim raises the epoch: an owner that slept too long is found out."""

    host_id: int
    owner: str
    epoch: int


def claim_free(owner: str, now: datetime) -> list[HostLease]:
    """Take every host that nobody owns, or whose owner has not renewed in time."""
    free = ran_out("lease_until", LEASE, now)
    leases = []
    for host_id, epoch in Host.objects.filter(free).values_list("pk", "lease_epoch"):
        taken = Host.objects.filter(free, pk=host_id, lease_epoch=epoch).update(
            lease_owner=owner, lease_until=now + LEASE, lease_epoch=F("lease_epoch") + 1
        )
        if taken:
            leases.append(HostLease(host_id, owner, epoch + 1))
    return leases


def renew(lease: HostLease, now: datetime) -> bool:
    """Keep a host for ten more seconds. Return False when somebody else has it, or it is gone."""
    return bool(_mine(lease).update(lease_until=now + LEASE))


def release(lease: HostLease) -> None:
    """Give a host back, so that another scheduler need not wait for the lease to run out."""
    _mine(lease).update(lease_until=None, lease_owner="")


def holds(lease: HostLease) -> bool:
    """Say whether the host is still ours; inside a transaction this also keeps it so until the end."""
    return bool(_mine(lease).update(lease_owner=lease.owner))


def _mine(lease: HostLease) -> "QuerySet[Host]":
    return Host.objects.filter(pk=lease.host_id, lease_owner=lease.owner, lease_epoch=lease.epoch)
