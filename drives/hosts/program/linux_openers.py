"""Which other processes of a Linux machine have a disk open.

O_EXCL keeps away whoever claims a disk (mounts, pools, volumes), but not a program that has simply opened it: a copy
under way, a virtual machine, a second tester.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Callable, Iterator, Set, Tuple

from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine, device_number

GONE = (errno.ENOENT, errno.ESRCH, errno.EINVAL)
Opener = Tuple[int, str]
INIT = 1  # works on no disk itself, and in a container it may belong to a stronger root that hides its files


def of_disk(machine: Machine, disk: Disk) -> Set[Opener]:
    """Process number and name of whoever else has the disk or a partition open; raise OSError when it is not told."""
    if machine.simulated or machine.freebsd:  # FreeBSD itself lets nobody write beside another writer
        return set()
    generic = set(_generic_numbers(machine, disk))

    def is_it(status: os.stat_result) -> bool:
        numbers = generic if stat.S_ISCHR(status.st_mode) else disk.numbers
        return device_number(status) in numbers

    return set(openers(is_it, of_interest=_may_be_a_node))


def _generic_numbers(machine: Machine, disk: Disk) -> Iterator[str]:
    """Of the SCSI generic nodes of a disk: a drive that is passed through to a virtual machine is open by these."""
    folder = f"/sys/block/{disk.name}/device/scsi_generic"
    for name in machine.names_in(folder) if machine.exists(folder) else ():
        yield machine.read(f"{folder}/{name}/dev").strip()


def openers(is_it: Callable[[os.stat_result], bool], *, of_interest: Callable[[str], bool]) -> Iterator[Opener]:
    """The processes, without this one, that have a file open that is it."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        pid = int(name)
        if pid not in (INIT, os.getpid()) and _has_open(pid, is_it, of_interest):
            yield pid, _name_of(pid)


def _has_open(pid: int, is_it: Callable[[os.stat_result], bool], of_interest: Callable[[str], bool]) -> bool:
    folder = f"/proc/{pid}/fd"
    try:
        descriptors = os.listdir(folder)
    except OSError as error:
        return _unless_gone(error)
    return any(_is(os.path.join(folder, descriptor), is_it, of_interest) for descriptor in descriptors)


def _is(link: str, is_it: Callable[[os.stat_result], bool], of_interest: Callable[[str], bool]) -> bool:
    try:
        return of_interest(os.readlink(link)) and is_it(os.stat(link))
    except OSError as error:
        return _unless_gone(error)


def _may_be_a_node(path: str) -> bool:
    """Device nodes lie in a folder dev, also those of containers; to look at files of a dead server would never end."""
    return "/dev/" in path


def _unless_gone(error: OSError) -> bool:
    if error.errno in GONE:
        return False
    raise error


def _name_of(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as stream:
            return stream.read().strip()
    except OSError:
        return "a process"
