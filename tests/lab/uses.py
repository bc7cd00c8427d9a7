"""More uses of a disk: what the kernel claims, what merely has it open, and what is only written on it."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.loops import run, run_when_free
from tests.lab.usage import make_partition_table

SECTOR = 512
ZFS_LABEL = 256 * 1024
ZFS_MARK, ZFS_UBERBLOCK = 0x0210DA7AB10C7A11, 0x00BAB10C


@contextmanager
def read_only_mount(device: str, at: Path) -> Iterator[None]:
    """Have it mounted so that the file system itself writes nothing."""
    at.mkdir(parents=True, exist_ok=True)
    run("mount", "-o", "ro", device, str(at))
    try:
        yield
    finally:
        run_when_free("umount", str(at))


@contextmanager
def private_mount(device: str, at: Path) -> Iterator[None]:
    """Have it mounted where only one process sees it: in a mount namespace of its own."""
    at.mkdir(parents=True, exist_ok=True)
    script = 'mount -o ro "$1" "$2" && echo ready && cat'
    with _waiting("unshare", "--mount", "sh", "-c", script, "sh", device, str(at)):
        yield


@contextmanager
def opened(device: str) -> Iterator[None]:
    """Have a process keep it open for reading and writing, without any claim."""
    with _waiting("sh", "-c", 'exec 3<>"$1" && echo ready && cat', "sh", device):
        yield


@contextmanager
def looped(device: str) -> Iterator[None]:
    """Have a loop device on top of it."""
    upper = run("losetup", "--find", "--show", device).strip()
    try:
        yield
    finally:
        run("losetup", "--detach", upper)


@contextmanager
def partitioned(device: str) -> Iterator[str]:
    """Have one partition on it, also where the kernel reads no partition tables; its path."""
    part = make_partition_table(device)
    known = Path(part).exists()
    if not known:
        run("addpart", device, "1", "2048", "20480")
    try:
        yield part
    finally:
        if not known:
            run_when_free("delpart", device, "1")


def write_zfs_labels(device: str, size: int) -> None:
    """Lay down the four labels of a pool member, as an exported pool leaves them."""
    label = bytearray(ZFS_LABEL)
    label[ZFS_LABEL // 2 - 40 : ZFS_LABEL // 2 - 32] = struct.pack("<Q", ZFS_MARK)
    for number in range(4):
        place = ZFS_LABEL // 2 + number * 1024
        label[place : place + 8] = struct.pack("<Q", ZFS_UBERBLOCK)
    whole = size - size % ZFS_LABEL
    with Path(device).open("r+b") as disk:
        for offset in (0, ZFS_LABEL, whole - 2 * ZFS_LABEL, whole - ZFS_LABEL):
            disk.seek(offset)
            disk.write(label)


def write_raid_member(device: str) -> None:
    """Lay down a version 1.2 superblock of Linux software RAID, with its check sum."""
    block = bytearray(256)
    struct.pack_into("<III", block, 0, 0xA92B4EFC, 1, 0)
    block[16:32] = bytes(range(16))
    struct.pack_into("<Q", block, 144, 4096 // SECTOR)
    total = sum(struct.unpack("<64I", block))
    struct.pack_into("<I", block, 216, ((total & 0xFFFFFFFF) + (total >> 32)) & 0xFFFFFFFF)
    with Path(device).open("r+b") as disk:
        disk.seek(4096)
        disk.write(block)


def make_physical_volume(device: str) -> None:
    """Make it an LVM physical volume of no group: nothing in the kernel knows of it."""
    run("pvcreate", "--yes", "--quiet", device)


@contextmanager
def _waiting(*command: str) -> Iterator[None]:
    """Run a command that says "ready", and end it with its standard input."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        try:
            if said != b"ready\n":
                raise RuntimeError(f"{command[0]} did not do it: {said!r}")
            yield
        finally:
            child.communicate(timeout=20)
