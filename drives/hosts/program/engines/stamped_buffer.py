"""Memory that a drive reads into and writes from without a copy."""

from __future__ import annotations

import mmap
import operator
import sys
from contextlib import suppress
from typing import List, Union

HUGE_PAGES = 14  # MADV_HUGEPAGE of Linux


class Buffer:
    """A part of some memory. `upper` belongs to who stamps addresses into it."""

    def __init__(self, memory: Union[mmap.mmap, bytearray], start: int, size: int) -> None:
        self.view = memoryview(memory)[start : start + size]
        self.upper = 0
        self._memory = memory
        self._start = start

    def spread(self, values: bytearray, first: int, stride: int) -> None:
        """Put one value at `first`, and each next one so many bytes further; ValueError if that is beyond the end.

        The memory itself takes them in a third of the time that a view of it needs. It also belongs to other buffers.
        """
        last = first + (len(values) - 1) * stride
        if last >= len(self.view):
            raise ValueError(f"A buffer of {len(self.view)} bytes has no place {last}.")
        self._memory[self._start + first : self._start + last + 1 : stride] = values


def buffers(count: int, size: int) -> List[Buffer]:
    """So many buffers side by side, on pages of their own.

    They lie on large pages where the kernel has some: for each transfer it looks up every page of it.
    """
    memory = mmap.mmap(-1, count * size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    advise = getattr(memory, "madvise", None)  # not in Python 3.7
    if advise and sys.platform == "linux":
        with suppress(OSError):  # a kernel without them
            advise(HUGE_PAGES)
    return [Buffer(memory, start, size) for start in range(0, count * size, size)]


class Expected(Buffer):
    """What a read should bring. Only a bytearray compares itself with other memory at the speed of memcmp."""

    def __init__(self, size: int) -> None:
        super().__init__(bytearray(size), 0, size)

    def differs(self, buffer: Buffer, length: int) -> bool:
        if length == len(self.view):
            return bool(operator.ne(self._memory, buffer.view))
        return self.view[:length].tobytes() != buffer.view[:length].tobytes()
