"""The drive under the engine "stamped": transfers that are whole or fail, and whether the drive is still there."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from contextlib import suppress

from drives.hosts.program import held_file
from drives.hosts.program.engines.drive_file import DriveFile, Transfer
from drives.hosts.program.engines.stamped_buffer import buffers
from drives.hosts.program.engines.workplace import Workplace

GONE = frozenset((errno.ENODEV, errno.ENXIO, getattr(errno, "ENOMEDIUM", errno.ENODEV)))
DROP_CACHE_REQUEST = 0x1261  # BLKFLSBUF of Linux


class StampedDrive(DriveFile):
    """A held drive that fills and takes whole buffers."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.descriptor, want_direct=True)
        self.size_bytes = place.size_bytes
        self.block = place.logical_block
        self._simulated = place.simulated
        (self._probe,) = buffers(1, max(self.block, 4096))

    def fill(self, view: memoryview, offset: int) -> None:
        """Read until the view is full; raise OSError when the drive gives less."""
        done = self._whole(os.preadv, view, offset)
        if done == len(view):
            return
        if not self._simulated:
            raise OSError(errno.EIO, f"The drive gave {done} of {len(view)} bytes.")
        # the file behind a simulated drive may end early: what is missing reads as zeros
        view[done:] = bytes(len(view) - done)

    def take(self, view: memoryview, offset: int) -> None:
        """Write all of the view; raise OSError when the drive takes less."""
        done = self._whole(os.pwritev, view, offset)
        if done != len(view):
            raise OSError(errno.EIO, f"The drive took {done} of {len(view)} bytes.")

    def block_at(self, address: int) -> bytes:
        """Read one logical block."""
        start = address * self.block
        view = self._probe.view[: min(self.block, self.size_bytes - start)]
        self.fill(view, start)
        return view.tobytes()

    def flush(self) -> None:
        """Have everything on the medium, and nothing of it in the memory of the host."""
        super().flush()
        if sys.platform == "linux":
            with suppress(OSError):  # a regular file, of a simulated host, has no such buffers
                fcntl.ioctl(self.descriptor, DROP_CACHE_REQUEST)

    def is_gone(self, error: OSError) -> bool:
        """After this error: is there still a drive, that answers anywhere?"""
        if error.errno in GONE or self._has_no_size():
            return True
        last = (self.size_bytes - 1) // self.block
        return not any(self._answers(address) for address in (0, last // 2, last))

    def _has_no_size(self) -> bool:
        if not held_file.is_device(os.fstat(self.descriptor)):
            return False
        try:
            return held_file.size(self.descriptor) == 0
        except OSError:
            return True

    def _answers(self, address: int) -> bool:
        try:
            self.block_at(address)
        except OSError:
            return False
        return True

    def _whole(self, transfer: Transfer, view: memoryview, offset: int) -> int:
        done = 0
        while done < len(view):
            count = self._once(transfer, view[done:], offset + done)
            if not count:
                break
            done += count
        return done
