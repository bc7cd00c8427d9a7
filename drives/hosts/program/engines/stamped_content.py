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
LANE_BITS = 16
LOW_ADDRESSES = 1 << LANE_BITS
LOW_TABLE = memoryview(array("H", range(LOW_ADDRESSES)))
LANES = range(4) if sys.byteorder == "little" else range(3, -1, -1)  # of an address, the lowest first
MARK = int.from_bytes(b"BURNIN\0\0", "big")


class Content:
    """What one pass writes, to any place. Addresses are stamped into what was laid out before."""

    def __init__(self, run_stamp: int, wanted: Pass, block: int) -> None:
        self.block = block
        self.zero = wanted.kind == ZERO
        self._stride = block // (LANE_BITS // 8)
        self._tile = bytes(TILE_BYTES) if self.zero else _tile(run_stamp, wanted.number, block)

    def lay_out(self, buffer: Buffer) -> None:
        """Fill a buffer with everything but the addresses."""
        for start in range(0, len(buffer.view), TILE_BYTES):
            part = buffer.view[start : start + TILE_BYTES]
            part[:] = self._tile[: len(part)]
        buffer.upper = 0

    def stamp(self, buffer: Buffer, offset: int, length: int) -> None:
        """Put the addresses from this place of the drive on into a buffer that is laid out.

        Made of whole numbers they would cost more time than all the rest. So only their lowest 16 bits are copied each
        time, out of a table, and the upper ones when they change; no range may cross a multiple of 65,536 blocks.
        """
        if self.zero:
            return
        upper, low = divmod(offset // self.block, LOW_ADDRESSES)
        count = -(-length // self.block)
        buffer.lanes[LANES[0] : count * self._stride : self._stride] = LOW_TABLE[low : low + count]
        if upper != buffer.upper:
            self._stamp_upper(buffer, upper)

    def _stamp_upper(self, buffer: Buffer, upper: int) -> None:
        count = len(buffer.lanes) // self._stride
        for place, lane in enumerate(LANES[1:]):
            value = upper >> (LANE_BITS * place) & (LOW_ADDRESSES - 1)
            buffer.lanes[lane :: self._stride] = memoryview(array("H", [value]) * count)
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
    for place, value in ((ADDRESS, 0), (RUN, run_stamp), (PASS, mark(number))):
        words[place::stride] = memoryview(array("Q", [value]) * (TILE_BYTES // block))
    return bytes(tile)
