"""Which drive a path means, however the path is written."""

import os
from pathlib import Path

from mock_truenas.world import drive_state
from mock_truenas.world.catalog import Drive
from mock_truenas.world.place import Place


def find(place: Place, path: str) -> Drive | None:
    """Give the plugged-in drive behind the path, or None.

    The path may be a name (/dev/sda), a link below /dev/disk, the same inside the simulated root,
    or an open descriptor of the node (/proc/123/fd/7, /dev/fd/7).
    """
    node = node_behind(place, path)
    if node is None:
        return None
    for name, drive in place.drives.items():
        if _same_file(node, place.root / "dev" / name):
            return None if is_gone(place, drive) else drive
    return None


def node_behind(place: Place, path: str) -> Path | None:
    """Give the existing file the path leads to, looked for on the simulated host first."""
    inside = place.root / path.lstrip("/")
    for candidate in (inside, Path(path)):
        if candidate.exists():
            return candidate
    return None


def is_gone(place: Place, drive: Drive) -> bool:
    """Whether the drive has vanished from the host."""
    return "vanish" in drive_state.look(place, drive.name).state["faults"]


def plugged_in(place: Place) -> list[Drive]:
    """Give all drives the host sees."""
    return [drive for drive in place.drives.values() if not is_gone(place, drive)]


def _same_file(one: Path, other: Path) -> bool:
    try:
        return os.path.samestat(one.stat(), other.stat())
    except OSError:
        return False
