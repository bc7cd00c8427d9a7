"""Keeping the drive rows in step with what hosts report."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from burnin_site.core.live.services import next_version
from drives.hosts import connect
from drives.hosts.edge import limits
from drives.hosts.ports import DiskInfo, InventoryReport
from drives.models import Drive, Host
from drives.services.drive_rows import Rows, mark_duplicates, take_over
from drives.services.reachability import INVENTORY_INCOMPLETE

ERROR_LIMIT = 2000
TRIES = 3  # only one scheduler looks at a host at a time; what else changes its row is rare
logger = logging.getLogger(__name__)


def read_inventory(*, host: Host, smart: bool = False) -> InventoryReport:
    """Ask a host for its disks; with `smart` also for temperature and health. Raises HostError."""
    return connect.open_inventory(host, smart=smart).read()


def store_inventory(*, host_id: int, report: InventoryReport, now: datetime) -> list[int]:
    """Write down which disks a host has and return the ids of the drives that changed.

    A drive that is not reported stays, marked as not present. A disk without a serial number gets no row: it could not
    be told from another. All is compared before the transaction; when another inventory of the host was written
    meanwhile, it is compared again.
    """
    for _ in range(TRIES):
        read_at = _version_of(host_id)
        if read_at is None:
            return []
        outcome = _compare(host_id, report)
        written = _write(host_id, report, outcome, read_at, now)
        if written is not None:
            return written
    logger.warning("The inventory of host %s was written by others at the same time and is read again.", host_id)
    return []


def _version_of(host_id: int) -> int | None:
    return Host.objects.filter(pk=host_id).values_list("live_version", flat=True).first()


@transaction.atomic
def _write(host_id: int, report: InventoryReport, outcome: "_Outcome", read_at: int, now: datetime) -> list[int] | None:
    """Write what was compared, and compare nothing; None when the host's rows may be others by now."""
    host = Host.objects.select_for_update().filter(pk=host_id).first()
    if host is None:
        return []
    if host.live_version != read_at:
        return None
    version = next_version()
    for row in outcome.fresh:
        row.live_version = version
    for pk, values in outcome.changed.items():  # one by one and only what is new: a tenth of what bulk_update takes
        Drive.objects.filter(pk=pk).update(**values, live_version=version)
    Drive.objects.bulk_create(outcome.fresh)
    reported = [*outcome.seen, *(row.pk for row in outcome.fresh)]
    Drive.objects.filter(pk__in=reported).update(last_polled_at=now)
    _write_host(host, report, outcome.sentences, version, now)
    return [*(row.pk for row in outcome.fresh), *outcome.changed]


@dataclass(slots=True)
class _Outcome:
    fresh: list[Drive] = field(default_factory=list)
    left_out: int = 0
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    sentences: str = ""


def _compare(host_id: int, report: InventoryReport) -> _Outcome:
    outcome = _Outcome()
    rows = {row.pk: row for row in Drive.objects.filter(host_id=host_id)}
    known = Rows(rows.values())
    for disk in mark_duplicates(disk for disk in report.disks if disk.serial):
        found = known.find(disk)
        row = found or Drive(host_id=host_id, serial=disk.serial, wwn=disk.wwn, size_bytes=disk.size_bytes)
        changed = take_over(row, disk)
        if found is None:
            if len(rows) + len(outcome.fresh) < limits.ROWS:
                outcome.fresh.append(row)
            else:
                outcome.left_out += 1
            continue
        outcome.seen.add(row.pk)
        if changed:
            outcome.changed[row.pk] = changed
    nobody_could_look = not report.disks and report.errors
    for row in rows.values():
        if row.pk not in outcome.seen and row.present and not nobody_could_look:
            outcome.changed[row.pk] = {"present": False}
    outcome.sentences = _sentences(report, outcome.left_out)
    return outcome


def _sentences(report: InventoryReport, left_out: int) -> str:
    missed = (_no_serial(disk) for disk in report.disks if _is_missed(disk))
    return " ".join([*_too_many(left_out), *report.errors, *missed])[:ERROR_LIMIT]


def _write_host(host: Host, report: InventoryReport, sentences: str, version: int, now: datetime) -> None:
    values: dict[str, Any] = {"last_polled_at": now, "live_version": version}
    if report.system:
        values["system"] = report.system[:120]
    if report.boot_id:
        values["boot_id"] = report.boot_id
    if not host.stopped and (sentences or host.error_code == INVENTORY_INCOMPLETE):
        values["error"] = sentences
        values["error_code"] = INVENTORY_INCOMPLETE if sentences else ""
    Host.objects.filter(pk=host.pk).update(**values)


def _too_many(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    return (
        f"It has shown more than {limits.ROWS:,} different drives by now, so {left_out:,} new ones are not listed. "
        "Remove this host and add it again to forget the old ones.",
    )


def _is_missed(disk: DiskInfo) -> bool:
    """Tell whether somebody may look for this disk in vain: not one the system lives on, not an empty card reader."""
    return not disk.serial and bool(disk.size_bytes) and not disk.in_use


def _no_serial(disk: DiskInfo) -> str:
    return f"{disk.devname} shows no serial number, so it is not listed and cannot be burned in."
