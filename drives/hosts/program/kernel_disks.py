"""Whole disks as Linux shows them in /sys/block."""

from __future__ import annotations

import os
import re
from typing import List, Sequence

from drives.hosts.program.disk import Disk
from drives.hosts.program.identity import Identity, canonical_serial, canonical_wwn
from drives.hosts.program.machine import Machine

NOT_DISKS = re.compile(r"(sr|fd|ram|zram|loop|dm-|md|nbd|zd)\d")
SECTOR = 512  # the kernel counts sizes in these, whatever the drive's own blocks are


def read_all(machine: Machine, scanned: Sequence[str]) -> List[Disk]:
    """The real disks, and whatever smartctl named besides that is a whole disk."""
    # a hidden one is a path of a multipath drive: it has the drive's serial number, but no node
    present = [name for name in machine.names_in("/sys/block") if machine.read_or(f"/sys/block/{name}/hidden") != "1"]
    real = [name for name in present if not NOT_DISKS.match(name) and machine.exists(f"/sys/block/{name}/device")]
    extra = [name for name in scanned if name in present and name not in real]
    return [disk for disk in (_read_present(machine, name) for name in sorted({*real, *extra})) if disk]


def _read_present(machine: Machine, name: str) -> Disk | None:
    """The facts about one disk, None when it was pulled out meanwhile: the others are still there."""
    try:
        return read(machine, name)
    except FileNotFoundError:
        if machine.exists(f"/sys/block/{name}"):
            raise
        return None


def read(machine: Machine, name: str) -> Disk:
    """The kernel's facts about one disk; raise OSError or ValueError when it has none."""
    folder = f"/sys/block/{name}"
    partitions = partitions_of(machine, name)
    return Disk(
        name=name,
        path="/dev/" + name.replace("!", "/"),
        size_bytes=int(machine.read(f"{folder}/size")) * SECTOR,
        logical_block=_number(machine, f"{folder}/queue/logical_block_size", SECTOR),
        physical_block=_number(machine, f"{folder}/queue/physical_block_size", SECTOR),
        rotational=_yes_no(machine.read_or(f"{folder}/queue/rotational")),
        read_only=machine.read_or(f"{folder}/ro") == "1",
        removable=machine.read_or(f"{folder}/removable") == "1",
        identity=identity_of(machine, name),
        nodes=(name, *partitions),
        numbers=(
            machine.read_or(f"{folder}/dev"),
            *(machine.read_or(f"{folder}/{part}/dev") for part in partitions),
        ),
    )


def partitions_of(machine: Machine, name: str) -> List[str]:
    folder = f"/sys/block/{name}"
    return [entry for entry in machine.names_in(folder) if machine.exists(f"{folder}/{entry}/partition")]


def identity_of(machine: Machine, name: str) -> Identity:
    """What the kernel has stored about the drive, without asking the drive."""
    device = f"/sys/block/{name}/device"
    wwns = [
        wwn
        for wwn in (canonical_wwn(machine.read_or(place)) for place in (f"/sys/block/{name}/wwid", f"{device}/wwid"))
        if wwn
    ]
    vendor, model = machine.read_or(f"{device}/vendor"), machine.read_or(f"{device}/model")
    return Identity(
        serial=canonical_serial(machine.read_or(f"{device}/serial")) or _page_80(machine, device),
        wwn=wwns[0] if wwns else "",
        model=" ".join((model if vendor in ("", "ATA") else f"{vendor} {model}").split()),
        wwns=frozenset(wwns),
    )


def whole_disk_of(machine: Machine, number: str) -> str:
    """The name of the whole disk that has this device number, "" when it is a partition or unknown."""
    folder = os.path.realpath(machine.at(f"/sys/dev/block/{number}"))
    name = os.path.basename(folder)
    if os.path.exists(os.path.join(folder, "partition")):
        return ""
    return name if machine.read_or(f"/sys/block/{name}/dev") == number else ""


def _page_80(machine: Machine, device: str) -> str:
    """The unit serial number page: four bytes of head, then the text."""
    try:
        with open(machine.at(f"{device}/vpd_pg80"), "rb") as stream:
            page = stream.read(260)
    except OSError:
        return ""
    return canonical_serial(page[4:].decode("ascii", "replace"))


def _number(machine: Machine, path: str, default: int) -> int:
    text = machine.read_or(path)
    return int(text) if text.isdigit() else default


def _yes_no(text: str) -> bool | None:
    return {"0": False, "1": True}.get(text)
