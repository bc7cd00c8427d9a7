"""The first look at a started engine: it must have opened the guarded drive and no other."""

from __future__ import annotations

import os
import time

from drives.hosts.program import held_file, processes
from drives.hosts.program.reason import Reason
from drives.hosts.program.watch import Watch

LOOK_EVERY = 0.002  # a small drive may be done, and the engine gone, within a few hundredths of a second
PATIENCE_SECONDS = 10.0

SIMULATED = "The engine of a simulated host opens no real device."
FREEBSD = "FreeBSD does not show which devices a process has open."
OWN_ENGINE = "The engine works on the guarded open file itself."
NOT_SEEN = "The engine ended before it was seen with the drive open."


def check(watch: Watch) -> int | None:
    """Look until the engine has the drive open, or end it; the wait status if it ended meanwhile."""
    if watch.machine.simulated or watch.machine.freebsd:
        watch.note(checked=None, why=SIMULATED if watch.machine.simulated else FREEBSD)
        return None
    if watch.own_engine:
        watch.note(checked=True, why=OWN_ENGINE)
        return None
    deadline = time.monotonic() + PATIENCE_SECONDS
    why = "did not open it"
    while time.monotonic() < deadline:
        right, wrong = _devices_open(watch)
        if wrong:
            why = f"opened {wrong}"
            break
        if right:
            watch.note(checked=True, why="")
            return None
        ended = watch.wait(LOOK_EVERY)
        if ended is not None:
            watch.note(checked=False, why=NOT_SEEN)
            return ended
    message = f"The engine was told to use {watch.held.disk.path} but {why}. It was killed."
    watch.kill(Reason("guard_check_failed", message))
    watch.note(checked=False, why=message)
    return None


def _devices_open(watch: Watch) -> tuple[bool, str]:
    """Has the engine opened the held drive itself, and which other drive has it opened?"""
    held = os.fstat(watch.held.descriptor)
    right = False
    for pid in processes.in_session(watch.pid):
        for descriptor, status in processes.open_files(pid):
            if descriptor == watch.held.descriptor or not held_file.is_block(status):
                continue
            if not held_file.same_device(status, held):
                return right, f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
            right = True
    return right, ""
