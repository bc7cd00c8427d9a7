"""FreeBSD: disks, what uses them and what they carry, by the tools of its base system."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Dict, Iterator, List, Tuple

from drives.hosts.program import tools
from drives.hosts.program.claim import Claim
from drives.hosts.program.disk import Disk
from drives.hosts.program.identity import Identity, canonical_serial, canonical_wwn
from drives.hosts.program.machine import Machine
from drives.hosts.program.reason import UNDETERMINED, Reason

SECONDS = 30


def disks(machine: Machine) -> List[Disk]:
    """The disks of `geom disk list`, with the partitions on them."""
    parts = partition_names(_ask(machine, "geom", "part", "list"))
    found = []
    for disk in parse_geom_disks(_ask(machine, "geom", "disk", "list")):
        mine = tuple(name for name in parts if Claim(Reason("", ""), node=name).hits(disk))
        nodes = (disk.name, *mine)
        numbers = tuple(machine.device_number(f"/dev/{node}") for node in nodes)
        found.append(replace(disk, nodes=nodes, numbers=numbers))
    return found


def parse_geom_disks(text: str) -> List[Disk]:
    """Read `geom disk list`; optical drives and empty card readers are left out."""
    found = []
    for block in re.split(r"(?m)^Geom name: ", text)[1:]:
        name = block.split()[0]
        facts = dict(re.findall(r"(?m)^\s+(?:\d+\. )?([A-Za-z]+): (.*)$", block))
        size = facts.get("Mediasize", "0").split()[0]
        if name.startswith("cd") or not size.isdigit():
            continue
        found.append(_disk(name, int(size), facts))
    return found


def _disk(name: str, size: int, facts: Dict[str, str]) -> Disk:
    sector = int(facts.get("Sectorsize", "512"))
    stripe = int(facts.get("Stripesize", "0") or 0)
    rotation = facts.get("rotationrate", "unknown")
    wwn = canonical_wwn(facts.get("lunid", "").replace("(null)", ""))
    return Disk(
        name=name,
        path=f"/dev/{name}",
        size_bytes=size,
        logical_block=sector,
        physical_block=stripe or sector,
        rotational=None if rotation == "unknown" else rotation != "0",
        identity=Identity(
            serial=canonical_serial(facts.get("ident", "").replace("(null)", "")),
            wwn=wwn,
            model=" ".join(facts.get("descr", "").split()),
            wwns=frozenset((wwn,) if wwn else ()),
        ),
        nodes=(name,),
    )


def partition_names(text: str) -> List[str]:
    """The providers of `geom part list`."""
    names = []
    inside = False
    for line in text.splitlines():
        if line.startswith(("Providers:", "Consumers:", "Geom name:")):
            inside = line.startswith("Providers:")
        match = re.match(r"\s*\d+\. Name: (\S+)", line)
        if inside and match:
            names.append(match.group(1))
    return names


def mounted(machine: Machine) -> Iterator[Claim]:
    labels = parse_labels(_ask(machine, "glabel", "status", "-s"))
    for line in _ask(machine, "mount", "-p").splitlines():
        words = line.split()
        if len(words) < 2 or not words[0].startswith("/dev/"):
            continue
        code = "root_disk" if words[1] == "/" else "mounted"
        message = f"{words[0]} is mounted at {words[1]}."
        yield Claim(Reason(code, message), node=_component(words[0], labels))


def swapped(machine: Machine) -> Iterator[Claim]:
    labels = parse_labels(_ask(machine, "glabel", "status", "-s"))
    for path in parse_swapinfo(_ask(machine, "swapinfo")):
        message = f"{path} is swap space of this host."
        yield Claim(Reason("swap", message), node=_component(path, labels))


def held(machine: Machine) -> Iterator[Claim]:
    """TrueNAS CORE puts swap on mirrors of partitions of pool disks."""
    labels = parse_labels(_ask(machine, "glabel", "status", "-s"))
    for mirror, component in parse_mirrors(_ask(machine, "gmirror", "status", "-s")):
        message = f"/dev/{component} belongs to the mirror {mirror}."
        yield Claim(Reason("held", message), node=labels.get(component, component))


def zfs(machine: Machine) -> Iterator[Claim]:
    try:
        text = _ask(machine, "zpool", "status", "-LP")
    except tools.ToolMissing:
        return  # zpool is part of the base system; without it there is no ZFS
    labels = parse_labels(_ask(machine, "glabel", "status", "-s"))
    for line in text.splitlines():
        path = line.split()[0] if line.split() else ""
        if path.startswith("/dev/"):
            message = f"{path} belongs to an imported ZFS pool."
            yield Claim(Reason("zfs", message), node=_component(path, labels))


def parse_labels(text: str) -> Dict[str, str]:
    """Read `glabel status -s`: label, status, component."""
    rows = [line.split() for line in text.splitlines()]
    return {row[0]: row[2] for row in rows if len(row) == 3}


def parse_swapinfo(text: str) -> List[str]:
    """The devices of `swapinfo`."""
    words = [line.split() for line in text.splitlines()]
    return [row[0] for row in words if row and row[0].startswith("/dev/")]


def parse_mirrors(text: str) -> List[Tuple[str, str]]:
    """Read `gmirror status -s`: mirror, status, component and its state."""
    rows = [line.split() for line in text.splitlines()]
    return [(row[0], row[2]) for row in rows if len(row) >= 3 and "/" in row[0]]


def signatures(machine: Machine, disk: Disk) -> List[Reason]:
    """What a disk and its partitions carry, by gpart and fstyp."""
    found = [Reason("partition_table", f"{disk.path} has the partition {part}.") for part in disk.partitions]
    try:
        found.extend(_table(machine, disk))
        for node in disk.nodes:
            found.extend(_content(machine, f"/dev/{node}"))
    except tools.ToolError as error:
        message = f"It could not be determined what {disk.path} carries: {error}."
        found.append(Reason(UNDETERMINED, message))
    return found


def _table(machine: Machine, disk: Disk) -> List[Reason]:
    ran = tools.run(machine, ("gpart", "show", disk.name), seconds=SECONDS)
    if ran.exit_code == 0:
        return [Reason("partition_table", f"{disk.path} carries a partition table.")]
    if "No such geom" in ran.err:
        return []
    raise tools.ToolError(f"gpart ended with exit code {ran.exit_code} ({ran.err.strip()})")


def _content(machine: Machine, path: str) -> List[Reason]:
    ran = tools.run(machine, ("fstyp", "-u", path), seconds=SECONDS)
    kind = ran.out.strip()
    if ran.exit_code == 0 and kind:
        code = {"zfs": "zfs_label", "geli": "signature"}.get(kind, "filesystem")
        return [Reason(code, f"{path} carries {kind}.")]
    if "not recognized" in ran.err:
        return []
    raise tools.ToolError(f"fstyp ended with exit code {ran.exit_code} ({ran.err.strip()})")


def boot_id(machine: Machine) -> str:
    """This boot's own name, or else the second it began."""
    for name in ("kern.boot_id", "kern.boottime"):
        try:
            text = _ask(machine, "sysctl", "-n", name).strip()
        except tools.ToolError:
            continue
        seconds = re.search(r"sec = (\d+)", text)
        return seconds.group(1) if seconds else text
    return ""


def _component(path: str, labels: Dict[str, str]) -> str:
    name = path[5:]
    return labels.get(name, name)


def _ask(machine: Machine, *argv: str) -> str:
    ran = tools.run(machine, argv, seconds=SECONDS)
    if ran.exit_code and ran.err.strip():
        raise tools.ToolError(f"{argv[0]} ended with exit code {ran.exit_code} ({ran.err.strip()})")
    return ran.out
