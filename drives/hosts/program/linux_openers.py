"""Which other processes of a Linux machine have a disk open.

O_EXCL keeps away whoever claims a disk (mounts, pools, volumes), but not a program that has simply opened it: a copy
under way, a virtual machine, a second tester.
"""

from __future__ import annotations

import errno
import os
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
    return set(openers(lambda status: device_number(status) in disk.numbers, of_interest=_may_be_a_node))


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
