"""Who a drive says it is: compared byte for byte before anything is written, so never mended here."""

from dataclasses import replace

from drives.hosts.edge import limits
from drives.hosts.edge.texts import is_identity, plain
from drives.hosts.ports import DiskInfo, InUse

WWN = 64
DOUBTFUL = InUse(
    "doubtful_identity",
    "Its serial number or WWN is too long or has characters that no drive should have, so it cannot be told for "
    "certain from another drive. It is listed, but not burned in.",
)


def with_sure_identity(disk: DiskInfo) -> DiskInfo:
    """Return the disk; one whose identity is no plain text is listed so that it can be seen, but refused for writing.

    What is shown of it is no longer what the host will see on the open device: nothing may be written by that name.
    """
    if is_identity(disk.serial) and is_identity(disk.wwn) and len(disk.wwn) <= WWN:
        return disk
    serial, wwn = plain(disk.serial, limits.IDENTITY), plain(disk.wwn, WWN)
    return replace(disk, serial=serial, wwn=wwn, in_use=(DOUBTFUL, *disk.in_use))
