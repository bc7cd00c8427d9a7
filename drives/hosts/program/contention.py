"""A drive that somebody else has open: by whom, and for how long that may be."""

from __future__ import annotations

import fcntl
import os
import time
from typing import Set

from drives.hosts.program import linux_openers
from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Problem

# a look of smartctl or blkid at a slow drive is over by then; who stays longer uses it
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.2


def busy(machine: Machine, disk: Disk) -> Problem:
    """In use by whom the kernel does not say; a run of our own holds its lock as well."""
    refusal = Problem("busy", f"{disk.path} is {_used_by(machine, disk)}.")
    try:
        descriptor = os.open(machine.at(disk.path), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return refusal
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return Problem("locked", f"{disk.path} is held by another run, or locked by another program.")
    finally:
        os.close(descriptor)
    return refusal


def refuse_opened(machine: Machine, disk: Disk) -> None:
    """Refuse a disk that the same process has had open all this while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    staying = _openers(machine, disk)
    while staying and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
        staying &= _openers(machine, disk)
    if staying:
        raise Problem("busy", f"{disk.path} is open in {_names(staying)}.")


def _openers(machine: Machine, disk: Disk) -> Set[linux_openers.Opener]:
    try:
        return linux_openers.of_disk(machine, disk)
    except OSError as error:
        message = f"It could not be determined which processes have {disk.path} open: {error.strerror}."
        raise Problem("undetermined", message) from error


def _used_by(machine: Machine, disk: Disk) -> str:
    """Name the processes that have it open, where that is told; what the kernel itself holds has none."""
    try:
        opened = linux_openers.of_disk(machine, disk)
    except OSError:
        opened = set()
    return f"open in {_names(opened)}" if opened else "in use by something else on this host"


def _names(opened: Set[linux_openers.Opener]) -> str:
    return ", ".join(f"{name} (process {pid})" for pid, name in sorted(opened))
