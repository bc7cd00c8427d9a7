"""The room that is left on the disks that we write to: that of DATA_DIR, and that of the database."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from burnin_site.core.outages import AWAY, DISK_FULL, READ_ONLY, Outage

MIB = 1024 * 1024
# A day of logs and a week of progress of sixty drives; on a small disk a tenth of it.
LOW_BYTES, LOW_SHARE = 1024 * MIB, 0.10
# Less than SQLite's log may take before it is written back (27 MB): the next writes may fail.
FULL_BYTES, FULL_SHARE = 32 * MIB, 0.02


@dataclass(frozen=True, slots=True)
class Room:
    """What was seen: nothing, a warning for people, or the accident itself."""

    outage: Outage | None = None
    warning: str = ""


def look() -> Room:
    """Look at the disks; the worst counts."""
    rooms = [_look(folder) for folder in dict.fromkeys((settings.DATA_DIR, Path(settings.DB_PATH).parent))]
    return max(rooms, key=lambda room: (room.outage is not None, bool(room.warning)))


def _look(folder: Path) -> Room:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return Room(AWAY)
    total, free = disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize
    if disk.f_flag & os.ST_RDONLY:
        return Room(READ_ONLY)
    if not total:  # a file system that counts nothing
        return Room()
    if free < min(FULL_BYTES, total * FULL_SHARE):
        return Room(DISK_FULL)
    if free < min(LOW_BYTES, total * LOW_SHARE):
        return Room(warning=f"The disk of DATA_DIR or of the database has only {free // MIB} MB left. Make room there.")
    return Room()


class RoomWatch:
    """Says once when the room gets low or ends, and once when there is enough again."""

    def __init__(self) -> None:
        self._said = ""

    def news(self) -> str:
        """Return a sentence where something has changed since the last call."""
        room = look()
        kind = room.outage.code if room.outage else "low" if room.warning else ""
        before, self._said = self._said, kind
        if kind == before:
            return ""
        return (room.outage.sentence if room.outage else room.warning) or "There is room on the disk of DATA_DIR again."
