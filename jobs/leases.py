"""A job is advanced by one worker at a time: a lease in its row, taken and kept by compare-and-swap."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from jobs.clocks import ran_out
from jobs.models import ACTIVE_STATES, BurninJob
from jobs.renewal import renewed

LEASE = timedelta(seconds=50)
KEEP_EVERY_S = 15.0  # a worker that lives is not overtaken, however slow its host is; one that died soon is


class LeaseLost(Exception):
    """Another worker has taken the job over; what this one knows may be old, so it must not be stored."""


def take(job_id: int, now: datetime) -> str:
    """Take the job, and return the token that proves it; empty when somebody else has it or it is over."""
    token = secrets.token_hex(12)
    taken = BurninJob.objects.filter(ran_out("lease_until", LEASE, now), pk=job_id, state__in=ACTIVE_STATES).update(
        lease_until=now + LEASE, lease_token=token, woken_at=None
    )
    if not taken:  # this call came too early: the next one must not be taken for a repetition
        BurninJob.objects.filter(pk=job_id).update(woken_at=None)
    return token if taken else ""


def give_back(job_id: int, token: str) -> None:
    """Give back our own lease only: if it ran out, somebody else may hold the next one."""
    BurninJob.objects.filter(pk=job_id, lease_token=token).update(lease_until=None, lease_token="")


@contextmanager
def kept(job_id: int, token: str, clock: Callable[[], datetime]) -> Iterator[None]:
    """Keep the lease from running out for as long as this takes. A lease that was lost stays lost."""

    def renew() -> None:
        BurninJob.objects.filter(pk=job_id, lease_token=token).update(lease_until=clock() + LEASE)

    with renewed(renew, every_s=KEEP_EVERY_S):
        yield


def confirm(job_id: int, token: str) -> None:
    """Raise LeaseLost unless the job is still ours. Call it inside the transaction that writes."""
    if not BurninJob.objects.filter(pk=job_id, lease_token=token).update(lease_token=token):
        raise LeaseLost(f"Burn-in {job_id} was taken over by another worker.")
