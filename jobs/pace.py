"""How fast a drive was, place by place: slow zones, the typical rate, the longest wait. Pure.

A pass is one way over the surface. Its readings lie at equal distances: the own engine reports a thousand of them
(`position_log`), badblocks none, so there they are made from the progress that is observed (`jobs.pace_watch`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Any

BUCKETS = 100  # a finer grid says no more about a zone, and costs a hundred times the work
LEAST_READINGS = 8
SLOW = 0.5  # of what this drive does around there
ALSO_SLOW = 0.6  # enough to say that another pass was slow at the same place


@dataclass(frozen=True, slots=True)
class Reading:
    """A place (0 at the first block, 1 behind the last), the rate there, and the longest wait if it was measured."""

    position: float
    mbps: float
    worst_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """One way over the surface: "write 0xaa"."""

    name: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the surface that is slow. Positions are shares of the drive."""

    first: float
    last: float
    mbps: float
    expected_mbps: float
    slow_in: int
    seen_in: int

    @property
    def comes_back(self) -> bool:
        """Whether it was slow more than once, and as often as not: then it is the place, and no chance."""
        return self.slow_in >= 2 and 2 * self.slow_in >= self.seen_in


def from_position_log(log: Iterable[Mapping[str, Any]]) -> list[Pass]:
    """Return the passes of a position log: {"pass", "phase", "mbps": [], "worst_ms": []} each; null is not measured."""
    passes = []
    for row in log:
        rates, waits = row.get("mbps") or [], row.get("worst_ms") or []
        readings = [
            Reading((index + 0.5) / len(rates), float(rate), _wait(waits, index))
            for index, rate in enumerate(rates)
            if rate
        ]
        passes.append(Pass(f"{row.get('phase', '')} {row.get('pass', '')}".strip(), tuple(readings)))
    return passes


def _wait(waits: Sequence[float | None], index: int) -> float | None:
    return waits[index] if index < len(waits) else None


def typical_mbps(passes: Iterable[Pass]) -> float | None:
    """Return the median rate over all places and passes, in MB/s."""
    rates = [reading.mbps for each in passes for reading in each.readings]
    return median(rates) if rates else None


def worst_wait(passes: Iterable[Pass]) -> tuple[str, Reading] | None:
    """Return the pass and the reading with the longest wait, where waits were measured."""
    waits = [(each.name, reading) for each in passes for reading in each.readings if reading.worst_ms is not None]
    return max(waits, key=lambda pair: pair[1].worst_ms or 0.0) if waits else None


def enough(passes: Iterable[Pass]) -> bool:
    """Say whether a zone could be told from the rest at all."""
    return len(_gathered(list(passes))) >= LEAST_READINGS


def slow_zones(passes: Sequence[Pass]) -> list[Zone]:
    """Return the zones where the drive is less than half as fast as its own curve says it should be."""
    mean = _gathered(passes)
    if len(mean) < LEAST_READINGS:
        return []
    curve = _curve(mean)
    slow = [index for index in sorted(mean) if mean[index] < SLOW * curve(index)]
    each = [_gathered([one]) for one in passes]
    half = max(1, round(BUCKETS / len(mean))) / 2
    return [_zone(run, half, mean, curve, each) for run in _runs(slow, mean)]


def _zone(run: list[int], half: float, mean: Mapping[int, float], curve: "Curve", each: list[dict[int, float]]) -> Zone:
    """Return the zone of these places; `half` is half the distance between two of them."""
    rates = [{index: one[index] for index in run if index in one} for one in each]
    seen = [one for one in rates if one]
    hit = [one for one in seen if min(rate / curve(index) for index, rate in one.items()) < ALSO_SLOW]
    return Zone(
        first=max(0.0, (run[0] + 0.5 - half) / BUCKETS),
        last=min(1.0, (run[-1] + 0.5 + half) / BUCKETS),
        mbps=round(_harmonic([mean[index] for index in run]), 1),
        expected_mbps=round(median(curve(index) for index in run), 1),
        slow_in=len(hit),
        seen_in=len(seen),
    )


def _runs(slow: Sequence[int], known: Mapping[int, float]) -> list[list[int]]:
    """Return the slow places that lie side by side as one; places that were not measured do not part them."""
    order = {index: place for place, index in enumerate(sorted(known))}
    runs: list[list[int]] = []
    for index in slow:
        if runs and order[index] == order[runs[-1][-1]] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _gathered(passes: Sequence[Pass]) -> dict[int, float]:
    """Return the mean rate per hundredth of the surface, over all these passes: equal bytes, so by time."""
    found: dict[int, list[float]] = {}
    for each in passes:
        for reading in each.readings:
            found.setdefault(min(BUCKETS - 1, int(reading.position * BUCKETS)), []).append(reading.mbps)
    return {index: _harmonic(rates) for index, rates in found.items()}


def _harmonic(rates: Sequence[float]) -> float:
    return len(rates) / sum(1 / max(rate, 0.001) for rate in rates)


@dataclass(frozen=True, slots=True)
class Curve:
    """What a drive does from its outer to its inner tracks: a line, at least a third of its middle."""

    slope: float
    start: float
    least: float

    def __call__(self, index: int) -> float:
        """Return the rate that is expected at this place."""
        return max(self.least, self.start + self.slope * index)


def _curve(mean: Mapping[int, float]) -> Curve:
    """Fit a line that outliers do not bend (Theil and Sen): up to a quarter of the places may be slow."""
    points = sorted(mean.items())
    slope = median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2))
    start = median(rate - slope * index for index, rate in points)
    return Curve(slope, start, median(rate for _, rate in points) / 3)
