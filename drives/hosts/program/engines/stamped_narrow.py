"""From a range that failed down to the logical blocks that did."""

from __future__ import annotations

from typing import Callable, Iterator, Tuple

# In large steps: each failing access may take a drive many seconds
STEPS = (256 * 1024, 16 * 1024, 4096)

Access = Callable[[int, int], object]


def failing(access: Access, offset: int, length: int, block: int) -> Iterator[Tuple[int, int, OSError]]:
    """Repeat a failed access in ever smaller pieces; place, length and error of each block that still fails."""
    for start, size in cut(offset, length, _step(length, block)):
        try:
            access(start, size)
        except OSError as error:
            if size <= block:
                yield start, size, error
            else:
                yield from failing(access, start, size, block)


def differing(one: memoryview, other: memoryview, block: int, base: int = 0) -> Iterator[Tuple[int, int]]:
    """Place and length of the blocks in which two equally long buffers differ."""
    if len(one) <= block:
        yield base, len(one)
        return
    for start, size in cut(0, len(one), _step(len(one), block)):
        mine, theirs = one[start : start + size], other[start : start + size]
        if mine.tobytes() != theirs.tobytes():
            yield from differing(mine, theirs, block, base + start)


def cut(offset: int, length: int, size: int) -> Iterator[Tuple[int, int]]:
    """Pieces of at most this size, cut at its multiples."""
    end = offset + length
    while offset < end:
        piece = min(size - offset % size, end - offset)
        yield offset, piece
        offset += piece


def _step(length: int, block: int) -> int:
    """The next smaller step, never below a block."""
    smaller = [step for step in STEPS if block < step < length]
    return smaller[0] if smaller else block
