"""Memory that a drive reads into and writes from without a copy."""

from __future__ import annotations

import mmap
import operator
import sys
from contextlib import suppress
from typing import List

HUGE_PAGES = 14  # MADV_HUGEPAGE of Linux


class Buffer:
    """Memory as bytes and as lanes of 16 bits. `upper` belongs to who stamps addresses into it."""

    def __init__(self, view: memoryview) -> None:
        self.view = view
        self.lanes = view.cast("H")
        self.upper = 0


def buffers(count: int, size: int) -> List[Buffer]:
    """So many buffers side by side, on pages of their own.

    They lie on large pages where the kernel has some: for each transfer it looks up every page of it.
    """
    memory = mmap.mmap(-1, count * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    advise = getattr(memory, "madvise", None)  # not in Python 3.7
    if advise and sys.platform == "linux":
        with suppress(OSError):  # a kernel without them
            advise(HUGE_PAGES)
    view = memoryview(memory)
    return [Buffer(view[start : start + size]) for start in range(0, count * size, size)]


class Expected(Buffer):
    """What a read should bring. Only a bytearray compares itself with other memory at the speed of memcmp."""

    def __init__(self, size: int) -> None:
        self._memory = bytearray(size)
        super().__init__(memoryview(self._memory))

    def differs(self, buffer: Buffer, length: int) -> bool:
        if length == len(self.view):
            return bool(operator.ne(self._memory, buffer.view))
        return self.view[:length].tobytes() != buffer.view[:length].tobytes()
