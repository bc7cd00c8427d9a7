"""Remembering whether a host answers."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.live.services import next_version
from drives.hosts.connect import HostStopped
from drives.hosts.errors import HostError
from drives.models import Drive, Host

ASKED_WITH = (
    "host_key",
    "ssh_host",
    "ssh_port",
    "ssh_user",
    "ssh_password",
    "ssh_key",
    "ssh_key_passphrase",
    "api_key",
    "api_url",
)
INVENTORY_INCOMPLETE = "inventory_incomplete"


def is_asked_so_still(asked: Host) -> bool:
    """Whether a host is still reached in the way it was asked: else the answer may be another machine's."""
    host = Host.objects.filter(pk=asked.pk).first()
    return host is not None and _same_way(host, asked)


def _same_way(host: Host, asked: Host) -> bool:
    return all(getattr(host, name) == getattr(asked, name) for name in ASKED_WITH)


@transaction.atomic
def note_host_reached(*, host_id: int, now: datetime) -> None:
    """Remember that a host answers again. Costs one read when that is known already."""
    host = Host.objects.only("reachable", "waiting_since", "error", "error_code", "stopped").filter(pk=host_id).first()
    if host is None or host.stopped:
        return
    values: dict[str, Any] = {"reachable": True, "waiting_since": None}
    if host.error_code != INVENTORY_INCOMPLETE:
        values |= {"error": "", "error_code": ""}
    _write(host, values)


@transaction.atomic
def note_host_failed(*, asked: Host, error: HostError, now: datetime) -> None:
    """Remember why a host could not do its work, and since when it is away. Stops it when the error says so.

    `asked` is the row with which it was asked: what an admin has changed meanwhile (a key accepted, another password)
    may have mended it, so an error that belongs to the old values is dropped.
    """
    if isinstance(error, HostStopped):
        return  # it only repeats what is written down already
    host = Host.objects.select_for_update().filter(pk=asked.pk).first()
    if host is None or host.stopped or not _same_way(host, asked):
        return
    away = not error.permanent
    values: dict[str, Any] = {
        "reachable": not away,
        "waiting_since": (host.waiting_since or now) if away else None,
        "error": str(error),
        "error_code": error.code,
        "stopped": error.stops_host,
    }
    if "fingerprint" in error.detail:
        values["host_key_offered"] = error.detail["fingerprint"]
    _write(host, values)
    if error.stops_host:
        audit.record(action=actions.HOST_STOPPED, actor=None, host_name=host.name, note=str(error))


def _write(host: Host, values: dict[str, Any]) -> None:
    """Write these values, and renew the host's live rows, if any of them is news."""
    news = {field: value for field, value in values.items() if getattr(host, field) != value}
    if not news:
        return
    version = next_version()
    Host.objects.filter(pk=host.pk).update(**news, live_version=version)
    Drive.objects.filter(host_id=host.pk, present=True).update(live_version=version)
