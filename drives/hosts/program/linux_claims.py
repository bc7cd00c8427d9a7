"""What uses the disks of a Linux machine: mounts of every namespace, swap, holders, pools, the system itself."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from typing import Iterator, List, Set, Tuple

from drives.hosts.program import kernel_disks, tools
from drives.hosts.program.claim import Claim
from drives.hosts.program.machine import Machine, unescape
from drives.hosts.program.reason import Reason

ZPOOL_SECONDS = 30
ENDED = (errno.ENOENT, errno.ESRCH, errno.EINVAL)  # the last: only its parent has not noticed yet


@dataclass(frozen=True)
class Mount:
    """One line of a mount table."""

    number: str
    source: str
    target: str


def mounted(machine: Machine) -> Iterator[Claim]:
    for table in mount_tables(machine):
        for mount in parse_mounts(table):
            reason = Reason("mounted", f"{mount.source} is mounted at {mount.target}.")
            yield Claim(reason, node=_node(machine, mount.source), number=mount.number)


def root(machine: Machine) -> Iterator[Claim]:
    """The disks below the root file system, through mapper and RAID devices."""
    mounts = [mount for mount in parse_mounts(machine.read("/proc/1/mountinfo")) if mount.target == "/"]
    reason = Reason("root_disk", "The system of this host runs from this disk.")
    for mount in mounts:
        for node in {_node(machine, mount.source), _name_of(machine, mount.number)}:
            for name in below(machine, node) if node else ():
                yield Claim(reason, node=name)
        yield Claim(reason, number=mount.number)


def below(machine: Machine, node: str) -> Set[str]:
    """A node and everything it is made of."""
    found: Set[str] = set()
    waiting = [node]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        slaves = f"/sys/class/block/{name}/slaves"
        waiting.extend(machine.names_in(slaves) if machine.exists(slaves) else ())
    return found


def btrfs(machine: Machine) -> Iterator[Claim]:
    """Btrfs names only one of its devices in the mount table; the kernel lists them all here."""
    folder = "/sys/fs/btrfs"
    for name in machine.names_in(folder) if machine.exists(folder) else ():
        devices = f"{folder}/{name}/devices"
        for node in machine.names_in(devices) if machine.exists(devices) else ():
            yield Claim(Reason("mounted", f"/dev/{node} belongs to a mounted Btrfs file system."), node=node)


def swapped(machine: Machine) -> Iterator[Claim]:
    try:
        table = machine.read("/proc/swaps")
    except FileNotFoundError:
        return  # a kernel without swap
    for line in table.splitlines()[1:]:
        path = unescape(line.split()[0]) if line.strip() else ""
        if path.startswith("/dev/"):
            number = "" if machine.simulated else machine.device_number(path)
            reason = Reason("swap", f"{path} is swap space of this host.")
            yield Claim(reason, node=_node(machine, path), number=number)


def held(machine: Machine) -> Iterator[Claim]:
    """Device mapper, LVM, md, bcache, multipath: whatever the kernel lists as built on a disk."""
    for disk in machine.names_in("/sys/block"):
        try:
            held_nodes = _held_nodes(machine, disk)
        except FileNotFoundError:
            if machine.exists(f"/sys/block/{disk}"):
                raise
            continue  # pulled out while we looked
        for node, holder in held_nodes:
            label = machine.read_or(f"/sys/block/{holder}/dm/name") or holder
            yield Claim(Reason("held", f"/dev/{node} is in use by {label}."), node=node)


def _held_nodes(machine: Machine, disk: str) -> List[Tuple[str, str]]:
    folder = f"/sys/block/{disk}"
    places = [(disk, folder)]
    for part in kernel_disks.partitions_of(machine, disk):
        places.append((part, f"{folder}/{part}"))
    return [(node, holder) for node, place in places for holder in _holders(machine, place)]


def _holders(machine: Machine, folder: str) -> List[str]:
    bcache = ["bcache"] if machine.exists(f"{folder}/bcache") else []
    if machine.simulated and not machine.exists(f"{folder}/holders"):
        return bcache
    return bcache + machine.names_in(f"{folder}/holders")


def zfs(machine: Machine) -> Iterator[Claim]:
    try:
        ran = tools.run(machine, ("zpool", "status", "-LP"), seconds=ZPOOL_SECONDS)
    except tools.ToolMissing:
        if machine.exists("/sys/module/zfs"):
            raise
        return
    if ran.exit_code:
        raise tools.ToolError(f"zpool ended with exit code {ran.exit_code} ({ran.err.strip()})")
    for path in pool_members(ran.out):
        reason = Reason("zfs", f"{path} belongs to an imported ZFS pool.")
        number = "" if machine.simulated else machine.device_number(path)
        yield Claim(reason, node=_node(machine, path), number=number)


def pool_members(text: str) -> List[str]:
    """The device paths in the first column of `zpool status -LP`."""
    words = [line.split() for line in text.splitlines()]
    return [row[0] for row in words if row and row[0].startswith("/dev/")]


def mount_tables(machine: Machine) -> Iterator[str]:
    """The mount table of each mount namespace on the machine."""
    yield machine.read("/proc/1/mountinfo")
    if machine.simulated:
        return
    seen: Set[int] = set()
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            namespace = _namespace(name)
            if namespace not in seen:
                yield machine.read(f"/proc/{name}/mountinfo")
        except OSError as error:
            if error.errno not in ENDED:
                raise
        else:
            seen.update(() if namespace is None else (namespace,))


def _namespace(process: str) -> int | None:
    """Which mount namespace a process is in; None when this is hidden, so that its table is read anyway."""
    try:
        return os.stat(f"/proc/{process}/ns/mnt").st_ino
    except PermissionError:
        return None


def parse_mounts(text: str) -> List[Mount]:
    """Read a mountinfo table."""
    mounts = []
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        words, tail = before.split(), after.split()
        if not separator or len(words) < 5 or len(tail) < 2:
            raise ValueError(f"a line of the mount table is not understood: {line!r}")
        mounts.append(Mount(words[2], unescape(tail[1]), unescape(words[4])))
    return mounts


def _node(machine: Machine, path: str) -> str:
    """The kernel's name of a device path; links such as /dev/disk/by-id are followed."""
    if not path.startswith("/dev/"):
        return ""
    real = path if machine.simulated else os.path.realpath(path)
    return real[5:].replace("/", "!")


def _name_of(machine: Machine, number: str) -> str:
    folder = machine.at(f"/sys/dev/block/{number}")
    return os.path.basename(os.path.realpath(folder)) if os.path.exists(folder) else ""
