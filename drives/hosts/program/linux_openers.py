"""Which other processes of a Linux machine have a disk open.

O_EXCL keeps away whoever claims a disk (mounts, pools, volumes), but not a program that has simply opened it: a copy
under way, a virtual machine, a second tester.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Callable, Dict, Iterator, Set, Tuple

from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine, device_number

# file systems of this machine itself, on which a look cannot hang
LOCAL = frozenset(("devtmpfs", "tmpfs", "ramfs", "overlay", "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs"))
GONE = (errno.ENOENT, errno.ESRCH, errno.EINVAL)
Opener = Tuple[int, str]
Interest = Callable[[int, str, str], bool]
NVME = "nvme"
INIT = 1  # works on no disk itself, and in a container it may belong to a stronger root that hides its files


def of_disk(machine: Machine, disk: Disk) -> Set[Opener]:
    """Process number and name of whoever else has the disk or a partition open; raise OSError when it is not told."""
    if machine.simulated or machine.freebsd:  # FreeBSD itself lets nobody write beside another writer
        return set()
    generic = set(_generic_numbers(machine, disk))

    def is_it(status: os.stat_result) -> bool:
        number = device_number(status)  # "" is a file that is no node, and a disk may have a number that is not known
        return bool(number) and number in (generic if stat.S_ISCHR(status.st_mode) else disk.numbers)

    return set(openers(is_it, of_interest=_Nodes().may_be))


def _generic_numbers(machine: Machine, disk: Disk) -> Iterator[str]:
    """Of a disk's other nodes (SCSI generic, bsg, NVMe generic): by these it is passed through to a machine."""
    device = f"/sys/block/{disk.name}/device"
    for folder in (f"{device}/scsi_generic", f"{device}/bsg"):
        for name in machine.names_in(folder) if machine.exists(folder) else ():
            yield machine.read(f"{folder}/{name}/dev").strip()
    namespace = f"{device}/ng{disk.name[len(NVME) :]}"
    if disk.name.startswith(NVME) and machine.exists(namespace):
        yield machine.read(f"{namespace}/dev").strip()


def openers(is_it: Callable[[os.stat_result], bool], *, of_interest: Interest) -> Iterator[Opener]:
    """The processes, without this one, that have a file open that is it."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        pid = int(name)
        if pid not in (INIT, os.getpid()) and _has_open(pid, is_it, of_interest):
            yield pid, _name_of(pid)


def _has_open(pid: int, is_it: Callable[[os.stat_result], bool], of_interest: Interest) -> bool:
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")
    except OSError as error:
        return _unless_gone(error)
    return any(_is(pid, descriptor, is_it, of_interest) for descriptor in descriptors)


def _is(pid: int, descriptor: str, is_it: Callable[[os.stat_result], bool], of_interest: Interest) -> bool:
    link = f"/proc/{pid}/fd/{descriptor}"
    try:
        return of_interest(pid, descriptor, os.readlink(link)) and is_it(os.stat(link))
    except OSError as error:
        return _unless_gone(error)


class _Nodes:
    """Which open files may be device nodes. Whether they are is seen at a look, which on a dead file server hangs."""

    def __init__(self) -> None:
        self._mounts: Dict[int, Dict[str, str]] = {}

    def may_be(self, pid: int, descriptor: str, path: str) -> bool:
        """Nodes lie in a folder dev, but a container may have its own anywhere."""
        return "/dev/" in path or (path.startswith("/") and self.mount_type(pid, descriptor) in LOCAL)

    def mount_type(self, pid: int, descriptor: str) -> str:
        """The type of the file system of an open file, "" when it is not told; the file itself is not touched."""
        if pid not in self._mounts:
            with open(f"/proc/{pid}/mountinfo", encoding="utf-8", errors="replace") as stream:
                self._mounts[pid] = {line.split(" ", 1)[0]: line.partition(" - ")[2].split(" ")[0] for line in stream}
        with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="utf-8", errors="replace") as stream:
            number = next((line.split()[1] for line in stream if line.startswith("mnt_id:")), "")
        return self._mounts[pid].get(number, "")


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
