"""Is the drive of a run still there?"""

from __future__ import annotations

from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine

DEAD_STATES = frozenset(("offline", "transport-offline", "dead", "deleted", "cancel"))


def is_gone(machine: Machine, disk: Disk) -> bool:
    """True when the kernel has let go of the drive, so that every further access only fails."""
    if machine.freebsd:
        return not machine.exists(disk.path)
    folder = f"/sys/block/{disk.name}"
    if not machine.exists(folder):
        return True
    if machine.read_or(f"{folder}/dev") not in ("", disk.number):
        return True
    return machine.read_or(f"{folder}/device/state") in DEAD_STATES
