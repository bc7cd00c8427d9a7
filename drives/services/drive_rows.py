"""Which drive row a reported disk belongs to, and what it changes there. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from drives.hosts.ports import DiskInfo, InUse
from drives.models import Drive

COPIED = ("devname", "logical_block", "physical_block", "read_only")
# Once known these stay when a report does not say them: a quick look reads no SMART, and TrueNAS's list may be away.
KEPT_WHEN_UNSAID = ("wwn", "model", "protocol", "rotational", "truenas_disk_id")
MEASURED = ("temperature_c", "smart_health")
SHOWN = (*COPIED, *KEPT_WHEN_UNSAID, *MEASURED, "in_use", "present")
UNSAID = (None, "")
SHARED = InUse("duplicate_serial", "Another disk of this host has the same serial number.")


def mark_duplicates(disks: Iterable[DiskInfo]) -> list[DiskInfo]:
    """Return one disk per identity, and mark all that share a serial number: nobody can tell which one is meant."""
    listed = list(disks)
    count = Counter(disk.serial for disk in listed)
    identities: dict[tuple[str, str, int], DiskInfo] = {}
    for disk in listed:
        if count[disk.serial] > 1:
            others = tuple(use for use in disk.in_use if use.code != SHARED.code)
            disk = replace(disk, in_use=(*others, SHARED))
        identities.setdefault((disk.serial, disk.wwn, disk.size_bytes), disk)
    return list(identities.values())


class Rows:
    """The drive rows of a host, found by what a disk says of itself: each disk costs a look, not a walk through all."""

    def __init__(self, rows: Iterable[Drive]) -> None:
        self._same = {(row.serial, row.wwn, row.size_bytes): row for row in rows}
        self._alike: dict[tuple[str, int], list[Drive]] = {}
        for row in self._same.values():
            self._alike.setdefault((row.serial, row.size_bytes), []).append(row)

    def find(self, disk: DiskInfo) -> Drive | None:
        """Return the row of this disk: the same serial number, WWN and size.

        A WWN that only one of the two knows is no difference, as long as a single row fits: it is read from the disk's
        SMART data, which can fail one day and work the next. Of disks that share a serial number nobody knows which.
        """
        same = self._same.get((disk.serial, disk.wwn, disk.size_bytes))
        if same is not None or any(use.code == SHARED.code for use in disk.in_use):
            return same
        alike = self._alike.get((disk.serial, disk.size_bytes), ())
        fitting = [row for row in alike if not row.wwn or not disk.wwn]
        return fitting[0] if len(fitting) == 1 else None


def take_over(row: Drive, disk: DiskInfo) -> dict[str, object]:
    """Write what was reported into the row; return what of that people see and is new, by the names of the fields."""
    before = _shown(row)
    for field in COPIED:
        setattr(row, field, getattr(disk, field))
    for field in (*KEPT_WHEN_UNSAID, *MEASURED):
        value = getattr(disk, field)
        is_stale = field in MEASURED and not row.present  # measured before it was taken out
        if value not in UNSAID or is_stale:
            setattr(row, field, value)
    row.in_use = [{"code": use.code, "message": use.message} for use in disk.in_use]
    row.present = True
    return {field: value for field, value in _shown(row).items() if value != before[field]}


def _shown(row: Drive) -> dict[str, object]:
    return {field: getattr(row, field) for field in SHOWN}
