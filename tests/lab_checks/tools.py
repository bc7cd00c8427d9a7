"""The tools with which the lab is checked: what they found, in numbers."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.disks import LabDisk
from tests.lab.lab import Lab

BLOCK = 4096
ERRORS = re.compile(r"Pass completed, (\d+) bad blocks found. \((\d+)/(\d+)/(\d+) errors\)")


@dataclass(frozen=True)
class BadBlocks:
    """What badblocks found: numbers of blocks, and how many errors of reading, writing and comparing."""

    blocks: tuple[int, ...]
    read: int
    write: int
    compare: int


def badblocks(disk: LabDisk, *options: str) -> BadBlocks:
    """Run badblocks over the whole disk with blocks of 4096 bytes; destructive unless told otherwise."""
    words = options or ("-w", "-t", "0xaa")
    done = subprocess.run(
        ("badblocks", "-b", str(BLOCK), "-sv", *words, disk.device),
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "LC_ALL": "C"},
        check=True,
    )
    found = ERRORS.search(done.stderr)
    assert found, done.stderr
    _, read, write, compare = map(int, found.groups())
    return BadBlocks(tuple(map(int, done.stdout.split())), read, write, compare)


def dd_read(disk: LabDisk, offset: int, length: int) -> bytes | None:
    """Read past every cache; None if the disk could not."""
    done = subprocess.run(
        ("dd", f"if={disk.device}", f"bs={length}", f"skip={offset // length}", "count=1", "iflag=direct"),
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.stdout if done.returncode == 0 else None


def dd_write(disk: LabDisk, offset: int, data: bytes) -> bool:
    """Write past every cache; whether the disk took it."""
    size = len(data)
    done = subprocess.run(
        ("dd", f"of={disk.device}", f"bs={size}", f"seek={offset // size}", "count=1", "oflag=direct", "conv=notrunc"),
        input=data,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode == 0


def flush(disk: LabDisk) -> None:
    """Have the kernel tell the disk to flush."""
    descriptor = os.open(disk.device, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def smartctl(lab: Lab, *words: str) -> tuple[int, dict[str, Any]]:
    """Call the lab's smartctl with --json=co; exit status and answer."""
    program = Path(lab.directory, "bin", "smartctl")
    done = subprocess.run((program, "--json=co", *words), capture_output=True, text=True, timeout=30, check=False)
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["smartctl"]["exit_status"] == done.returncode
    return done.returncode, answer


def attribute(answer: dict[str, Any], number: int) -> int:
    """The raw value of an attribute."""
    table = answer["ata_smart_attributes"]["table"]
    raw: int = next(row["raw"]["value"] for row in table if row["id"] == number)
    return raw
