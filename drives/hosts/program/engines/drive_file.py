"""Reading and writing a held drive past the caches of the host, wherever the host allows it."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
from contextlib import suppress
from typing import Any, Callable, List, Union

Memory = Union[mmap.mmap, memoryview]
Transfer = Callable[[int, List[Any], int], int]


class DriveFile:
    """An open drive. `direct` says whether the page cache is out of the way."""

    def __init__(self, descriptor: int, *, want_direct: bool) -> None:
        self.descriptor = descriptor
        self.direct = want_direct and self._go_direct()

    def read(self, offset: int, length: int, *, may_be_short: bool = False) -> bytes:
        """Read this range; raise OSError, also when the drive gives less.

        The file behind a simulated drive may end early: what is missing then reads as zeros.
        """
        with mmap.mmap(-1, length) as buffer:
            count = self._once(os.preadv, buffer, offset)
            if count != length and not may_be_short:
                raise OSError(f"The drive gave {count} of {length} bytes.")
            return buffer[:]

    def write(self, offset: int, data: bytes) -> None:
        """Write this range; raise OSError, also when the drive takes less."""
        with mmap.mmap(-1, len(data)) as buffer:
            buffer[:] = data
            count = self._once(os.pwritev, buffer, offset)
        if count != len(data):
            raise OSError(f"The drive took {count} of {len(data)} bytes.")

    def flush(self) -> None:
        """Empty the caches of host and drive, so that what is read next comes from the medium."""
        os.fsync(self.descriptor)
        self.forget()

    def forget(self) -> None:
        """Drop what the host's cache holds of the drive, where it has one in between."""
        if not self.direct and hasattr(os, "posix_fadvise"):
            with suppress(OSError):
                os.posix_fadvise(self.descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def _go_direct(self) -> bool:
        try:
            flags = fcntl.fcntl(self.descriptor, fcntl.F_GETFL)
            fcntl.fcntl(self.descriptor, fcntl.F_SETFL, flags | os.O_DIRECT)
        except OSError:
            return False
        return True

    def _once(self, transfer: Transfer, buffer: Memory, offset: int) -> int:
        """Read into the memory, or write from it, in one call; how many bytes."""
        direct = self.direct
        try:
            return transfer(self.descriptor, [buffer], offset)
        except OSError as error:
            if not self._fall_back(error, direct=direct):
                raise
            return transfer(self.descriptor, [buffer], offset)

    def _fall_back(self, error: OSError, *, direct: bool) -> bool:
        """Some file systems accept O_DIRECT and refuse the access: then go without.

        `direct` is how the access began: another thread may have fallen back meanwhile.
        """
        if not direct or error.errno != errno.EINVAL:
            return False
        flags = fcntl.fcntl(self.descriptor, fcntl.F_GETFL)
        fcntl.fcntl(self.descriptor, fcntl.F_SETFL, flags & ~os.O_DIRECT)
        self.direct = False
        return True
