"""Put a lab disk to the uses for which the product must refuse it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.loops import run


def make_fs(device: str, kind: str = "ext4") -> None:
    """Make a file system."""
    quiet = ("-q", "-E", "nodiscard", "-F") if kind.startswith("ext") else ()
    run(f"mkfs.{kind}", *quiet, device)


def make_partition_table(device: str, kind: str = "gpt") -> str:
    """Make a table with one partition over the whole disk; the partition's path."""
    script = f"label: {kind}\n,\n"
    run("sh", "-c", 'printf "%s" "$1" | sfdisk --quiet "$2"', "sh", script, device)
    return f"{device}p1"


@contextmanager
def mounted(device: str, at: Path) -> Iterator[Path]:
    """Have the file system mounted."""
    at.mkdir(parents=True, exist_ok=True)
    run("mount", device, str(at))
    try:
        yield at
    finally:
        run("umount", str(at))


@contextmanager
def swap_on(device: str) -> Iterator[None]:
    """Have the disk serve as swap."""
    run("mkswap", "--quiet", device)
    run("swapon", device)
    try:
        yield
    finally:
        run("swapoff", device)


@contextmanager
def held(device: str) -> Iterator[int]:
    """Hold the disk as another program would (O_EXCL); the descriptor."""
    descriptor = os.open(device, os.O_RDWR | os.O_EXCL | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
