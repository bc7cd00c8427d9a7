"""What an interrupted run is known to have done, from the last place it was seen at. Pure.

Facts about badblocks 1.47 behind the rules here: its file offset stands at the beginning of the chunk it works on; it
flushes the drive between writing and reading; its percent counts blocks that are behind it, of the last block's number.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from jobs.stages.badblocks import COMPARING, Geometry
from jobs.stages.surface.coverage import COMPARE, WRITE, Need, claim, count, coverage

BIGGEST_CACHE = 512 * 2**20
CACHE_SHARE = 64  # a small drive has a small cache: never more than this part of it
Claims = list[dict[str, Any]]


def margin_blocks(geometry: Geometry) -> int:
    """Return how many blocks before the last place a power cut may have taken from the drive's cache."""
    cache = min(BIGGEST_CACHE, geometry.covered // CACHE_SHARE)
    return max(geometry.chunk, -(-cache // geometry.block))


def best_claims(
    need: Need, pattern: str, geometry: Geometry, places: Iterable[Mapping[str, Any]]
) -> tuple[Claims, int, int]:
    """Return what the places show at most, the errors counted there, and the first block that is not safe."""
    best: Claims = []
    errors, safe = 0, need.first
    for place in places:
        errors = max(errors, sum(place.get("errors") or [0]))
        claims, behind = claims_until(need, pattern, geometry, place)
        if _amount(claims) > _amount(best):
            best, safe = claims, behind
    return best, errors, safe


def claims_until(need: Need, pattern: str, geometry: Geometry, place: Mapping[str, Any]) -> tuple[Claims, int]:
    """Return what a leg had done for certain at a place, and the first block that has to be tested again.

    Writing: less what the drive's cache may have lost. Reading: by offset *and* percent, whichever is less.
    """
    if place.get("pattern") != pattern or place.get("phase") not in ("write", "verify"):
        return [], need.first
    if need.kind == WRITE and place["phase"] == "write":
        end = min(_written(place, need, geometry) - margin_blocks(geometry), need.last + 1)
        return claim(WRITE, need.first, end - 1), max(end, need.first)
    end = min(_compared(place, need, geometry) - geometry.chunk, need.last + 1)
    before = claim(WRITE, need.first, need.last) if need.kind == WRITE else []
    return [*before, *claim(COMPARE, need.first, end - 1)], max(end, need.first)


def claims_before_error(
    need: Need, geometry: Geometry, log: str, reported: Iterable[int], *, write_errors: int
) -> Claims:
    """Return what a leg had done before its first error, for a run whose drive went away.

    The number of a corrupted block is up to a chunk too high.
    """
    numbers = [number for number in reported if number >= need.first]
    if not numbers:
        return []
    end = min(numbers) - geometry.chunk
    if need.kind == WRITE and COMPARING not in log:
        return claim(WRITE, need.first, end - margin_blocks(geometry) - 1)
    if need.kind == WRITE and write_errors:
        return []
    before = claim(WRITE, need.first, need.last) if need.kind == WRITE else []
    return [*before, *claim(COMPARE, need.first, end - 1)]


def _amount(claims: Claims) -> int:
    have = coverage(claims)
    # a comparison counts only behind a writing, which may be a claim of an earlier leg
    compared = [(int(each["first"]), int(each["last"])) for each in claims if each["did"] == COMPARE]
    return count(have.written) + count(compared)


def _by_percent(place: Mapping[str, Any], need: Need) -> int:
    return int(float(place.get("percent") or 0.0) / 100 * need.last)


def _written(place: Mapping[str, Any], need: Need, geometry: Geometry) -> int:
    position = place.get("position")
    return _by_percent(place, need) if position is None else int(position) // geometry.block


def _compared(place: Mapping[str, Any], need: Need, geometry: Geometry) -> int:
    position = place.get("position")
    said = _by_percent(place, need)
    return said if position is None else min(said, int(position) // geometry.block)
