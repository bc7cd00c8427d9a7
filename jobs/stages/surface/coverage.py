"""Which blocks were written, and which of these were compared since. Pure.

Ranges are pairs (first, last) of block numbers, both inclusive, sorted and apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Range = tuple[int, int]
Ranges = tuple[Range, ...]
WRITE, COMPARE = "write", "compare"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is on the drive with the pattern of now, and what of it was read back and equal since it was written."""

    written: Ranges = ()
    compared: Ranges = ()

    def is_whole(self, last: int) -> bool:
        """Return whether every block from 0 to `last` was written, and compared afterwards."""
        return self.compared == ((0, last),) and self.written == ((0, last),)


@dataclass(frozen=True, slots=True)
class Need:
    """What must be done next: write and compare a range, or only compare it."""

    kind: str
    first: int
    last: int


def claim(did: str, first: int, last: int) -> list[dict[str, Any]]:
    """Return the claim of a range as a list; of nothing, when the range is empty."""
    return [{"did": did, "first": first, "last": last}] if first <= last else []


def coverage(claims: Iterable[Mapping[str, Any]]) -> Coverage:
    """Return what these claims, in the order in which they came true, add up to.

    A block that is written again must be compared again; a comparison of what was not written proves nothing.
    """
    written: Ranges = ()
    compared: Ranges = ()
    for each in claims:
        span = (int(each["first"]), int(each["last"]))
        if each["did"] == WRITE:
            written, compared = join(written, span), cut(compared, span)
        else:
            for part in overlap(written, span):
                compared = join(compared, part)
    return Coverage(written, compared)


def next_need(claims: Iterable[Mapping[str, Any]], last: int) -> Need | None:
    """Return what is missing for whole coverage of the blocks 0 to `last`, writing first; None when nothing is."""
    have = coverage(claims)
    unwritten = missing(have.written, last)
    if unwritten:
        return Need(WRITE, unwritten[0][0], last)
    uncompared = missing(have.compared, last)
    return Need(COMPARE, *uncompared[0]) if uncompared else None


def join(ranges: Iterable[Range], new: Range) -> Ranges:
    """Return the ranges with one more, neighbours made one."""
    joined: list[Range] = []
    for low, high in sorted((*ranges, new)):
        if low > high:
            continue
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def cut(ranges: Iterable[Range], hole: Range) -> Ranges:
    """Return the ranges without the blocks of the hole."""
    left: list[Range] = []
    for low, high in ranges:
        left += [part for part in ((low, min(high, hole[0] - 1)), (max(low, hole[1] + 1), high)) if part[0] <= part[1]]
    return tuple(left)


def overlap(ranges: Iterable[Range], span: Range) -> Ranges:
    """Return the parts of a span that lie in the ranges."""
    parts = [(max(low, span[0]), min(high, span[1])) for low, high in ranges]
    return tuple(part for part in parts if part[0] <= part[1])


def missing(ranges: Iterable[Range], last: int) -> Ranges:
    """Return what of the blocks 0 to `last` the ranges leave out."""
    gaps: Ranges = ((0, last),)
    for span in ranges:
        gaps = cut(gaps, span)
    return gaps


def count(ranges: Iterable[Range]) -> int:
    """Return the number of blocks."""
    return sum(high - low + 1 for low, high in ranges)
