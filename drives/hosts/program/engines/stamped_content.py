"""What a pass lays down on a drive.

A logical block of a stamp begins with three words of 64 bits: its own address (the number of the block), the run stamp,
and a mark with the number of the pass. The rest is pseudo-random, other for every run and every pass, so that nothing
on the way can compress it, store it once, or hide a stuck bit behind it. So each block says where, when and by whom
it was written.
"""

from __future__ import annotations

import hashlib
import sys
from array import array

from drives.hosts.program.engines.stamped_buffer import Buffer
from drives.hosts.program.engines.stamped_plan import TILE_BYTES, ZERO, Pass

WORD = 8
ADDRESS, RUN, PASS = range(3)
LOW_ADDRESSES = 1 << 16
BYTES = bytes(range(0x100))
LOW_BYTES = (bytearray(BYTES * 0x100), bytearray(b"".join(BYTES[one : one + 1] * 0x100 for one in range(0x100))))
# Where the bytes of an address are, the lowest first
PLACES = range(WORD) if sys.byteorder == "little" else range(WORD - 1, -1, -1)
MARK = int.from_bytes(b"BURNIN\0\0", "big")


class Content:
    """What one pass writes, to any place. Addresses are stamped into what was laid out before."""

    def __init__(self, run_stamp: int, wanted: Pass, block: int) -> None:
        self.block = block
        self.zero = wanted.kind == ZERO
        # Transfers begin where tiles do: with so many blocks in a tile, their lowest byte is the same in each tile
        self._changing = (1,) if TILE_BYTES // block % 0x100 == 0 else (0, 1)
        self._tile = bytes(TILE_BYTES) if self.zero else _tile(run_stamp, wanted.number, block)

    def lay_out(self, buffer: Buffer) -> None:
        """Fill a buffer with everything but the addresses, of which it only gets what is the same in each tile."""
        for start in range(0, len(buffer.view), TILE_BYTES):
            part = buffer.view[start : start + TILE_BYTES]
            part[:] = self._tile[: len(part)]
        buffer.upper = 0

    def stamp(self, buffer: Buffer, offset: int, length: int) -> None:
        """Put the addresses from this place of the drive on, where a tile begins, into a buffer that is laid out.

        Made of whole numbers they would cost more time than all the rest. So each time only what changes of their
        lowest 16 bits is copied, out of a table, and the upper bytes when they change; ValueError for a range that
        crosses a multiple of 65,536 blocks.
        """
        if self.zero:
            return
        upper, low = divmod(offset // self.block, LOW_ADDRESSES)
        count = -(-length // self.block)
        if offset % TILE_BYTES or low + count > LOW_ADDRESSES:
            raise ValueError(f"{length} bytes from {offset} on cannot be stamped at once.")
        for place in self._changing:
            buffer.spread(LOW_BYTES[place][low : low + count], PLACES[place], self.block)
        if upper != buffer.upper:
            self._stamp_upper(buffer, upper)

    def _stamp_upper(self, buffer: Buffer, upper: int) -> None:
        count = len(buffer.view) // self.block
        for place, new in enumerate(upper.to_bytes(WORD - 2, "little")):
            if new != buffer.upper >> 8 * place & 0xFF:
                buffer.spread(bytearray((new,)) * count, PLACES[place + 2], self.block)
        buffer.upper = upper

    def block_at(self, address: int) -> bytes:
        """The whole block of this address."""
        start = address * self.block % TILE_BYTES
        body = self._tile[start : start + self.block]
        return body if self.zero else array("Q", [address]).tobytes() + body[WORD:]


def mark(number: int) -> int:
    """The third word of a block: it also tells a stamp from anything else."""
    return MARK | number


def _tile(run_stamp: int, number: int, block: int) -> bytes:
    seed = f"burnin {run_stamp:016x} {number}".encode("ascii")
    tile = bytearray(hashlib.shake_128(seed).digest(TILE_BYTES))
    words, stride = memoryview(tile).cast("Q"), block // WORD
    blocks = TILE_BYTES // block
    words[ADDRESS::stride] = memoryview(array("Q", range(blocks)))
    for place, value in ((RUN, run_stamp), (PASS, mark(number))):
        words[place::stride] = memoryview(array("Q", [value]) * blocks)
    return bytes(tile)
