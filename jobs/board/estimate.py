"""How long a stage takes, from the size of the drive: what a person plans by before there is a measured rate."""

from collections.abc import Iterable
from itertools import pairwise

from jobs.board.stage_facts import surface_passes
from jobs.plans import LONG, SHORT, SURFACE
from jobs.stages.base import CLASSIC

# Average over the whole surface, MB/s, by capacity in TB: drives with larger platters are faster.
RATES = ((1, 110.0), (4, 126.0), (8, 159.0), (12, 181.0), (16, 193.0), (20, 211.0), (30, 204.0))
SHORT_S, OTHER_S = 150.0, 60.0


def average_rate_bps(size_bytes: int) -> float:
    """Return the average speed to expect of a hard drive of this size."""
    tb = size_bytes / 10**12
    if tb <= RATES[0][0]:
        return RATES[0][1] * 10**6
    for (low, slow), (high, fast) in pairwise(RATES):
        if tb <= high:
            return (slow + (fast - slow) * (tb - low) / (high - low)) * 10**6
    return RATES[-1][1] * 10**6


def stage_seconds(name: str, size_bytes: int, surface_plan: str = CLASSIC) -> float:
    """Return the expected duration of one stage."""
    one_pass = size_bytes / average_rate_bps(size_bytes)
    if name == SURFACE:
        return surface_passes(surface_plan) * one_pass
    if name == LONG:
        return one_pass
    return SHORT_S if name == SHORT else OTHER_S


def plan_seconds(names: Iterable[str], size_bytes: int, surface_plan: str = CLASSIC) -> float:
    """Return the expected duration of a whole burn-in."""
    return sum(stage_seconds(name, size_bytes, surface_plan) for name in names)
