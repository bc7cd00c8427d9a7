"""Memory that a drive reads into and writes from without a copy."""

from __future__ import annotations

import mmap
import operator
from typing import Union


class Buffer:
    """Memory of its own pages, as bytes and as lanes of 16 bits. `upper` belongs to who stamps addresses into it."""

    def __init__(self, size: int) -> None:
        self.memory = self._make(size)
        self.view = memoryview(self.memory)
        self.lanes = self.view.cast("H")
        self.upper = 0

    def _make(self, size: int) -> Union[mmap.mmap, bytearray]:
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


class Expected(Buffer):
    """What a read should bring. Only a bytearray compares itself with other memory at the speed of memcmp."""

    def _make(self, size: int) -> Union[mmap.mmap, bytearray]:
        return bytearray(size)

    def differs(self, buffer: Buffer, length: int) -> bool:
        if length == len(self.view):
            return bool(operator.ne(self.memory, buffer.memory))
        return self.view[:length].tobytes() != buffer.view[:length].tobytes()
