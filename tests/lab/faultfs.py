"""A FUSE file system of lab disks: `python -m tests.lab.faultfs --mount DIR --control SOCKET --store DIR`.

Every file in it is the image of one disk. Disks and faults are ordered over the control socket.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import stat
import sys
from pathlib import Path
from typing import Any

import mfusepy

from tests.lab.fault_server import DiskShelf, serve_orders

REQUEST_BYTES = 1 << 20
REQUESTS_IN_FLIGHT = 512


class DiskFiles(mfusepy.Operations):
    """Show the disks of a shelf as files of one directory."""

    use_ns = True
    flag_nopath = True
    flag_nullpath_ok = True

    def __init__(self, shelf: DiskShelf) -> None:
        self.shelf = shelf

    def init_with_config(self, conn_info: Any, _config: Any) -> None:
        """Let one hanging disk not stop the others: the kernel's own limit is 12 requests."""
        connection = conn_info.contents
        connection.max_background = connection.congestion_threshold = REQUESTS_IN_FLIGHT
        if mfusepy.fuse_version_major == 3:
            connection.max_read = connection.max_write = REQUEST_BYTES

    def getattr(self, path: str | None, fh: int | None = None) -> dict[str, int]:
        """Describe a disk, or the directory."""
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        disk = self.shelf.by_handle(fh) if path is None else self.shelf.by_name(path[1:])
        if disk is None:
            raise OSError(errno.ENOENT, "no such disk")
        return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": disk.size}

    def readdir(self, _path: str, _fh: int) -> list[str]:
        """Name the disks."""
        return [".", "..", *self.shelf.names()]

    def open(self, path: str, file: Any) -> int:
        """Open a disk."""
        handle = self.shelf.handle_of(path[1:])
        if handle is None:
            raise OSError(errno.ENOENT, "no such disk")
        file.fh = handle
        # A page cache over the image would hide faults that are ordered later.
        file.direct_io = 1
        return 0

    def read(self, _path: str | None, size: int, offset: int, file: Any) -> bytes | ctypes.Array[ctypes.c_char]:
        """Read from a disk."""
        disk = self.shelf.by_handle(file.fh)
        length = min(size, disk.size - offset)
        if length <= 0:
            return b""
        data = bytearray(length)
        disk.read_into(memoryview(data), offset)
        return (ctypes.c_char * length).from_buffer(data)

    def write(self, _path: str | None, data: bytes, offset: int, file: Any) -> int:
        """Write to a disk."""
        disk = self.shelf.by_handle(file.fh)
        if offset + len(data) > disk.size:
            raise OSError(errno.ENOSPC, "beyond the end of the disk")
        return disk.write(memoryview(data), offset)

    def fsync(self, _path: str | None, _datasync: int, file: Any) -> int:
        """Flush a disk."""
        self.shelf.by_handle(file.fh).flush()
        return 0


def main(argv: list[str] | None = None) -> int:
    """Serve until the file system is unmounted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mount", type=Path, required=True, help="an empty directory")
    parser.add_argument("--control", type=Path, required=True, help="where the socket goes")
    parser.add_argument("--store", type=Path, required=True, help="where contents are kept")
    options = parser.parse_args(argv)
    shelf = DiskShelf(options.store)
    serve_orders(shelf, options.control)
    threads: dict[str, Any] = {}
    if mfusepy.fuse_version_major == 3:
        threads = {"max_threads": REQUESTS_IN_FLIGHT, "max_idle_threads": 16, "clone_fd": False}
    else:
        threads = {"big_writes": True}
    mfusepy.FUSE(  # type: ignore[no-untyped-call]
        DiskFiles(shelf),
        str(options.mount),
        foreground=True,
        raw_fi=True,
        max_read=REQUEST_BYTES,
        fsname="burnin-lab",
        **threads,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
