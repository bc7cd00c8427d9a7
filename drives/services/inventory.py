"""Keeping the drive rows in step with what hosts report."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from burnin_site.core.live.services import next_version
from drives.hosts import connect
from drives.hosts.edge import limits
from drives.hosts.ports import DiskInfo, InventoryReport
from drives.models import Drive, Host
from drives.services.drive_rows import find_row, mark_duplicates, take_over
from drives.services.reachability import INVENTORY_INCOMPLETE

ERROR_LIMIT = 2000


def read_inventory(*, host: Host, smart: bool = False) -> InventoryReport:
    """Ask a host for its disks; with `smart` also for temperature and health. Raises HostError."""
    return connect.open_inventory(host, smart=smart).read()


@transaction.atomic
def store_inventory(*, host_id: int, report: InventoryReport, now: datetime) -> list[int]:
    """Write down which disks a host has and return the ids of the drives that changed.

    A drive that is not reported stays, marked as not present. A disk without a serial number gets no row: it could not
    be told from another.
    """
    host = Host.objects.select_for_update().filter(pk=host_id).first()
    if host is None:
        return []
    version = next_version()
    outcome = _compare(host_id, report)
    for row in outcome.fresh:
        row.live_version = version
    for pk, values in outcome.changed.items():  # one by one and only what is new: a tenth of what bulk_update takes
        Drive.objects.filter(pk=pk).update(**values, live_version=version)
    Drive.objects.bulk_create(outcome.fresh)
    reported = [*outcome.seen, *(row.pk for row in outcome.fresh)]
    Drive.objects.filter(pk__in=reported).update(last_polled_at=now)
    _write_host(host, report, outcome.left_out, version, now)
    return [*(row.pk for row in outcome.fresh), *outcome.changed]


@dataclass(slots=True)
class _Outcome:
    fresh: list[Drive] = field(default_factory=list)
    left_out: int = 0
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)


def _compare(host_id: int, report: InventoryReport) -> _Outcome:
    outcome = _Outcome()
    rows = {row.pk: row for row in Drive.objects.filter(host_id=host_id)}
    by_serial: dict[str, list[Drive]] = {}
    for row in rows.values():
        by_serial.setdefault(row.serial, []).append(row)
    for disk in mark_duplicates(disk for disk in report.disks if disk.serial):
        free = [row for row in by_serial.get(disk.serial, ()) if row.pk not in outcome.seen]
        found = find_row(disk, free)
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
    return outcome


def _write_host(host: Host, report: InventoryReport, left_out: int, version: int, now: datetime) -> None:
    values: dict[str, Any] = {"last_polled_at": now, "live_version": version}
    if report.system:
        values["system"] = report.system[:120]
    if report.boot_id:
        values["boot_id"] = report.boot_id
    sentences = [*_too_many(left_out), *report.errors, *(_no_serial(disk) for disk in report.disks if _is_missed(disk))]
    if not host.stopped and (sentences or host.error_code == INVENTORY_INCOMPLETE):
        values["error"] = " ".join(sentences)[:ERROR_LIMIT]
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
