"""The guard: opens the one right drive, holds it, and refuses everything else.

All checks are made on the open file, because a name such as /dev/sdb may mean another drive a moment later.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from dataclasses import dataclass, replace
from typing import List

from drives.hosts.program import claims, contention, disks, held_file, kernel_disks, refuse, tools
from drives.hosts.program.disk import Disk
from drives.hosts.program.identity import Identity
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.reason import Reason
from drives.hosts.program.wanted import Wanted

# udev looks at a disk for a moment after each writer has closed it: that is not "in use"
PATIENCE_SECONDS = 5.0
PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Held:
    """A drive that passed, with the open file that holds it."""

    descriptor: int
    disk: Disk

    def as_json(self) -> Json:
        identity = dict(self.disk.identity.as_json(), size_bytes=self.disk.size_bytes)
        return {"path": self.disk.path, "rdev": self.disk.number, "identity": identity}


def hold(machine: Machine, asked: Wanted) -> Held:
    """Find, open, check and hold the drive; raise Problem with the reason when it must not be written to."""
    disk = disks.resolve(machine, asked.serial)
    descriptor = _open(machine, disk)
    try:
        _lock(descriptor, disk)
        checked = _check(machine, disk, descriptor, asked)
    except BaseException:
        os.close(descriptor)
        raise
    return Held(descriptor, checked)


def check_path(machine: Machine, held: Held) -> None:
    """The path still leads to the held drive."""
    if not held_file.same_device(os.fstat(held.descriptor), _status(machine, held.disk)):
        raise _wrong(held.disk, "its name now belongs to another device")


def _open(machine: Machine, disk: Disk) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return os.open(machine.at(disk.path), os.O_RDWR | os.O_EXCL | os.O_CLOEXEC)
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.EPERM):
                raise _cannot_open(disk, error) from error
            _refuse_claimed(machine, disk)
            if time.monotonic() > deadline:
                raise contention.busy(machine, disk) from error
        time.sleep(PAUSE_SECONDS)


def _refuse_claimed(machine: Machine, disk: Disk) -> None:
    """Say who uses a busy drive, when that is known."""
    known = [reason for reason in claims.survey(machine).reasons(disk) if reason.rank == 0]
    if known:
        raise _refusal(known)


def _cannot_open(disk: Disk, error: OSError) -> Problem:
    if error.errno in (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOMEDIUM):
        return Problem("drive_absent", f"{disk.path} went away before it could be opened.")
    if error.errno == errno.EROFS or disk.read_only:
        return Problem("read_only", f"{disk.path} is write-protected.")
    return Problem("undetermined", f"{disk.path} could not be opened: {error.strerror}.")


def _lock(descriptor: int, disk: Disk) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise Problem("undetermined", f"{disk.path} could not be locked.") from error
            if time.monotonic() > deadline:
                raise Problem("locked", f"{disk.path} is locked by another program.") from error
        time.sleep(PAUSE_SECONDS)


def _check(machine: Machine, disk: Disk, descriptor: int, asked: Wanted) -> Disk:
    fresh = _facts(machine, disk, descriptor)
    standing = refuse.state_reasons(fresh)
    if standing:
        raise _refusal(standing)
    _check_size(machine, fresh, descriptor, asked)
    known = replace(fresh, identity=_identity(machine, fresh, descriptor))
    _check_identity(known, asked)
    survey = claims.survey(machine)
    standing = refuse.refusals(machine, known, survey, asked.overrides)
    if standing:
        raise _refusal(standing)
    contention.refuse_opened(machine, known)
    return known


def _facts(machine: Machine, disk: Disk, descriptor: int) -> Disk:
    """The kernel's facts about the very device that is open."""
    if machine.simulated:
        return kernel_disks.read(machine, disk.name)
    status = os.fstat(descriptor)
    if machine.freebsd:
        if not stat.S_ISCHR(status.st_mode):
            raise _wrong(disk, "it is not a disk")
        return disk
    if not stat.S_ISBLK(status.st_mode):
        raise _wrong(disk, "it is not a block device")
    number = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    name = kernel_disks.whole_disk_of(machine, number)
    if name != disk.name:
        raise _wrong(disk, f"the open device is {name or 'not a whole disk'}")
    return kernel_disks.read(machine, name)


def _check_size(machine: Machine, disk: Disk, descriptor: int, asked: Wanted) -> None:
    sizes = {disk.size_bytes}
    if not machine.simulated:
        sizes.add(held_file.size(descriptor))
    if sizes != {asked.size_bytes}:
        raise Problem(
            "wrong_size",
            f"{disk.path} has {' or '.join(str(size) for size in sorted(sizes))} bytes, "
            f"the drive {asked.serial} is known to have {asked.size_bytes}.",
        )


def _identity(machine: Machine, disk: Disk, descriptor: int) -> Identity:
    """Ask the drive again who it is, sure that the path leads to the open device all the while."""
    held = os.fstat(descriptor)
    if not held_file.same_device(held, _status(machine, disk)):
        raise _wrong(disk, "its name now belongs to another device")
    try:
        identity = disks.identify(machine, disk)
    except tools.ToolError as error:
        message = f"It could not be determined which drive {disk.path} is: {error}."
        raise Problem("undetermined", message) from error
    if not held_file.same_device(held, _status(machine, disk)):
        raise _wrong(disk, "its name changed hands while it was being checked")
    return identity


def _check_identity(disk: Disk, asked: Wanted) -> None:
    identity = disk.identity
    if identity.serial != asked.serial:
        raise _wrong(disk, f"it says it is {identity.serial or 'nobody'}, not {asked.serial}")
    if asked.wwn and asked.wwn not in identity.wwns:
        shown = identity.wwn or "none"
        raise _wrong(disk, f"its world wide name is {shown}, not {asked.wwn}")


def _status(machine: Machine, disk: Disk) -> os.stat_result:
    try:
        return os.stat(machine.at(disk.path))
    except OSError as error:
        raise Problem("drive_absent", f"{disk.path} went away while it was checked.") from error


def _wrong(disk: Disk, why: str) -> Problem:
    return Problem("wrong_drive", f"{disk.path} is not the drive that was meant: {why}.")


def _refusal(reasons: List[Reason]) -> Problem:
    sentences = list(dict.fromkeys(reason.message for reason in reasons))
    return Problem(reasons[0].code, " ".join(sentences[:6]))
