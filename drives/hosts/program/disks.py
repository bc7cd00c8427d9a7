"""Which whole disks this machine has, and what the kernel knows of each."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Callable, List, Sequence, Tuple, TypeVar

from drives.hosts.program import freebsd, kernel_disks, tools
from drives.hosts.program.disk import Disk
from drives.hosts.program.identity import (
    SMARTCTL_SECONDS,
    Identity,
    ask_smartctl,
    canonical_serial,
    from_smartctl,
    join,
    parse_json,
)
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem

AT_ONCE = 16
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """The disks of this machine, and sentences about what could not be read."""

    disks: Tuple[Disk, ...]
    errors: Tuple[str, ...]


def find_all(machine: Machine) -> Found:
    """Every whole disk the kernel shows, and those that `smartctl --scan` names besides."""
    errors: List[str] = []
    scanned: List[str] = []
    try:
        scanned = scan(machine)
    except tools.ToolError as error:
        errors.append(f"The list of drives of smartctl is missing: {error}.")
    try:
        if machine.freebsd:
            return Found(tuple(freebsd.disks(machine)), tuple(errors))
        return Found(tuple(kernel_disks.read_all(machine, scanned)), tuple(errors))
    except (OSError, ValueError, tools.ToolError) as error:
        return Found((), (*errors, f"The disks could not be listed: {error}."))


def scan(machine: Machine) -> List[str]:
    """The device names of `smartctl --scan`, without the folder."""
    ran = tools.run(machine, ("smartctl", "--scan", "--json=c"), seconds=SMARTCTL_SECONDS)
    listed = parse_json(ran.out).get("devices")
    names = [
        entry["name"]
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    ]
    return [_block_name(name[5:]) for name in names if name.startswith("/dev/")]


def _block_name(name: str) -> str:
    # smartctl names the controller, the kernel's disk is its first namespace
    return f"{name}n1" if re.fullmatch(r"nvme\d+", name) else name


def identify(machine: Machine, disk: Disk) -> Identity:
    """Who is on this node now; raise ToolError when neither smartctl nor the kernel knows."""
    try:
        told = from_smartctl(ask_smartctl(machine, disk.path)[1])
    except tools.ToolError:
        if not disk.identity.serial:
            raise
        return disk.identity
    return join(told, disk.identity)


def everywhere(disks: Sequence[Disk], work: Callable[[Disk], T]) -> List[T]:
    """Do this for all disks at once: each drive answers in its own time."""
    if not disks:
        return []
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(disks))) as pool:
        return list(pool.map(work, disks))


def with_identity(machine: Machine, disk: Disk) -> Disk:
    """The disk with what it says of itself; with no serial number when it says nothing."""
    try:
        return replace(disk, identity=identify(machine, disk))
    except tools.ToolError:
        return disk


def resolve(machine: Machine, serial: str) -> Disk:
    """The one disk with this serial number."""
    wanted = canonical_serial(serial)
    found = find_all(machine)
    known = everywhere(found.disks, lambda disk: with_identity(machine, disk))
    matching = [disk for disk in known if disk.identity.serial == wanted]
    if not matching:
        raise Problem("drive_absent", f"No drive of this host says it is {wanted}.{_why(found)}")
    if len(matching) > 1:
        names = ", ".join(disk.path for disk in matching)
        raise Problem(
            "duplicate_serial",
            f"{names} all say they are {wanted}. Leave only one of them connected.",
        )
    return matching[0]


def _why(found: Found) -> str:
    return "".join(f" {error}" for error in found.errors)


def hinted(machine: Machine, request: Json) -> Disk | None:
    """The disk a request's device name points at, when there is one."""
    name = request.get("devname")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9!_\-]+", name):
        return None
    try:
        if machine.freebsd:
            return next((disk for disk in freebsd.disks(machine) if disk.name == name), None)
        return kernel_disks.read(machine, name)
    except (OSError, ValueError, tools.ToolError):
        return None
