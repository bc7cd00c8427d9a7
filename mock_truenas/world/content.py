"""What was last written where on a drive, as far as the simulated badblocks wrote it."""

Extent = tuple[int, int, str]
Gap = tuple[int, int]


def overwrite(extents: list[Extent], start: int, end: int, pattern: str) -> list[Extent]:
    """Give the extents after [start, end) was written with the pattern."""
    if start >= end:
        return extents
    kept = [piece for old in extents for piece in _outside(old, start, end)]
    return _joined(sorted([*kept, (start, end, pattern)]))


def mismatches(extents: list[Extent], start: int, end: int, pattern: str) -> list[Gap]:
    """Give the parts of [start, end) that do not hold the pattern."""
    gaps: list[Gap] = []
    at = start
    for begin, stop, held in sorted(extents):
        if held != pattern or stop <= at or begin >= end:
            continue
        if begin > at:
            gaps.append((at, begin))
        at = stop
    if at < end:
        gaps.append((at, end))
    return gaps


def _outside(old: Extent, start: int, end: int) -> list[Extent]:
    begin, stop, pattern = old
    pieces = ((begin, min(stop, start), pattern), (max(begin, end), stop, pattern))
    return [piece for piece in pieces if piece[0] < piece[1]]


def _joined(extents: list[Extent]) -> list[Extent]:
    joined: list[Extent] = []
    for extent in extents:
        if joined and joined[-1][1] == extent[0] and joined[-1][2] == extent[2]:
            joined[-1] = (joined[-1][0], extent[1], extent[2])
        else:
            joined.append(extent)
    return joined
