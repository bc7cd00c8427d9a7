"""Adding, changing and removing hosts."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from burnin_site.core.live.services import next_version
from drives import holds
from drives.hosts import pool
from drives.models import Host
from drives.services.host_values import LOGIN, PLACE, InvalidHost, apply, for_audit


class HostHasJobs(BurninError):
    """A host whose drives have burn-ins cannot be removed: their records would go with it."""

    code = "host_has_jobs"


class HostGone(BurninError):
    """Somebody has just removed the host."""

    code = "not_found"
    status = 404


@transaction.atomic
def add_host(*, values: Mapping[str, Any], actor: User | None) -> Host:
    """Add a host. It is disarmed unless the values say otherwise. Raises InvalidHost."""
    host = Host()
    replaced = apply(host, values)
    host.live_version = next_version()
    host.save(force_insert=True)
    audit.record(action=actions.HOST_ADDED, actor=actor, host_name=host.name, data=for_audit(host, replaced))
    if host.armed:
        audit.record(action=actions.HOST_ARMED, actor=actor, host_name=host.name)
    return host


@transaction.atomic
def change_host(*, host: Host, values: Mapping[str, Any], actor: User | None) -> Host:
    """Change a host and return it as it is now.

    Another address or port forgets the accepted host key; another login lets stopped work go on.
    Another place asks for the secrets again that go there. Raises InvalidHost or HostGone.
    """
    current = _locked(host)
    name = current.name
    replaced = apply(current, values)
    if not replaced:
        return current
    _refuse_to_strand(current, name, replaced)
    fields = {*replaced, "live_version"}
    if PLACE & replaced.keys() and current.host_key:
        current.host_key = current.host_key_offered = ""
        fields |= {"host_key", "host_key_offered"}
        audit.record(action=actions.HOST_KEY_FORGOTTEN, actor=actor, host_name=name, note="The address changed.")
    if LOGIN & replaced.keys():
        current.stopped, current.error, current.error_code = False, "", ""
        fields |= {"stopped", "error", "error_code"}
    current.live_version = next_version()
    current.save(update_fields=fields)
    _record_change(current, name, replaced, actor)
    return current


def _refuse_to_strand(host: Host, name: str, replaced: Mapping[str, Any]) -> None:
    """Raise InvalidHost for a change after which drives, or burn-ins that run, would not be found any more."""
    if "simulated" in replaced and host.drives.exists():
        raise InvalidHost(
            f"{name} already has drives, so it stays {'real' if host.simulated else 'simulated'}. Add another host."
        )
    stays = holds.why_its_folder_stays(host) if "base_dir" in replaced else ""
    if stays:
        raise InvalidHost(stays, fields={"base_dir": [stays]})


def _record_change(host: Host, name: str, replaced: Mapping[str, Any], actor: User | None) -> None:
    changed = for_audit(host, replaced)
    if changed.pop("armed", None):
        action = actions.HOST_ARMED if host.armed else actions.HOST_DISARMED
        audit.record(action=action, actor=actor, host_name=host.name)
    if changed:
        audit.record(action=actions.HOST_CHANGED, actor=actor, host_name=name, data=changed)


def remove_host(*, host: Host, actor: User | None) -> None:
    """Remove a host and its drives. Raises HostHasJobs or HostGone.

    A burn-in that is started at this very moment wins: the database says so at the end of the transaction.
    """
    try:
        with transaction.atomic():
            _remove(host, actor)
    except (ProtectedError, IntegrityError) as error:
        raise HostHasJobs(
            f"The drives of {host.name} have burn-ins, and their records stay. Remove its login to let it rest."
        ) from error


def _remove(host: Host, actor: User | None) -> None:
    host_id = host.pk
    current = _locked(host)
    current.delete()
    audit.record(action=actions.HOST_REMOVED, actor=actor, host_name=current.name)
    transaction.on_commit(lambda: pool.close_host(host_id))


def _locked(host: Host) -> Host:
    current = Host.objects.select_for_update().filter(pk=host.pk).first()
    if current is None:
        raise HostGone(f"{host.name} has just been removed by somebody else.")
    return current


@transaction.atomic
def request_refresh(*, host: Host, actor: User | None) -> None:
    """Ask for a look at all disks of a host as soon as possible. Raises HostGone."""
    if not Host.objects.filter(pk=host.pk).update(refresh_requested_at=timezone.now()):
        raise HostGone(f"{host.name} has just been removed by somebody else.")
    audit.record(action=actions.HOST_REFRESH_REQUESTED, actor=actor, host_name=host.name)
