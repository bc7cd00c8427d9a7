"""An open drive: how large it is, and whether two files are the same device."""

from __future__ import annotations

import fcntl
import os
import stat
import struct
import sys

MEDIA_SIZE_REQUEST = 0x40086481  # DIOCGMEDIASIZE of FreeBSD


def size(descriptor: int) -> int:
    """The size in bytes of an open block device, by the device itself."""
    if sys.platform.startswith("freebsd"):
        answer = fcntl.ioctl(descriptor, MEDIA_SIZE_REQUEST, b"\0" * 8)
        return int(struct.unpack("q", answer)[0])
    here = os.lseek(descriptor, 0, os.SEEK_CUR)
    end = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, here, os.SEEK_SET)
    return end


def is_device(status: os.stat_result) -> bool:
    return stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode)


def same_device(one: os.stat_result, other: os.stat_result) -> bool:
    """Device nodes are compared by device number, the regular files of a simulated host by themselves."""
    if stat.S_IFMT(one.st_mode) != stat.S_IFMT(other.st_mode):
        return False
    if is_device(one):
        return one.st_rdev == other.st_rdev
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def is_block(status: os.stat_result) -> bool:
    return stat.S_ISBLK(status.st_mode)
