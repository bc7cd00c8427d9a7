"""Rules over throughput: zones that are slower than the drive itself, and long waits.

None of them fails a drive: a busy host slows good drives too.
"""

from typing import Any

from jobs import pace
from jobs.stages.base import Cause, Severity
from jobs.verdict.case import Case
from jobs.verdict.ruling import Name, Ruling

ZONES = Name("slow_zone", "Even throughput")
WAIT = Name("long_wait", "Longest wait")
NOT_MEASURED = "Throughput was not measured along the surface."
LONG_MS = 7_000  # a drive that limits its error recovery gives up after seven seconds


def slow_zones(case: Case) -> Ruling:
    """A zone less than half as fast as the drive's own curve is named; where it comes back it is the drive."""
    if not pace.enough(case.passes):
        return ZONES.not_applicable(NOT_MEASURED)
    typical = round(pace.typical_mbps(case.passes) or 0.0, 1)
    zones = pace.slow_zones(case.passes)
    if not zones:
        return ZONES.clear(f"No zone is much slower than the rest; {typical} MB/s in the middle.", median_mbps=typical)
    lasting = [zone for zone in zones if zone.comes_back]
    shown = lasting or zones
    worst = min(shown, key=lambda zone: zone.mbps / zone.expected_mbps)
    evidence: dict[str, Any] = {
        "from_percent": round(100 * worst.first),
        "to_percent": round(100 * worst.last),
        "mbps": worst.mbps,
        "expected_mbps": worst.expected_mbps,
        "zones": len(shown),
        "slow_in_passes": worst.slow_in,
        "passes": worst.seen_in,
        "median_mbps": typical,
    }
    place = f"{evidence['from_percent']} to {evidence['to_percent']} % of the surface"
    pace_there = f"{worst.mbps} MB/s where {worst.expected_mbps} were to be expected"
    if lasting:
        words = f"Slow zone at {place}: {pace_there}, in {worst.slow_in} of {worst.seen_in} passes."
        return ZONES.fired(Severity.WARNING, words, **evidence)
    words = f"Slow for a time at {place}: {pace_there}; other passes were not, so host or bus may have been busy."
    return ZONES.fired(Severity.INFO, words, Cause.HOST, **evidence)


def long_wait(case: Case) -> Ruling:
    """A transfer that took seconds hints at error recovery, also where it succeeded in the end."""
    worst = pace.worst_wait(case.passes)
    if worst is None:
        return WAIT.not_applicable("The engine did not measure how long single transfers took.")
    name, reading = worst
    took = round(reading.worst_ms or 0.0)
    if took < LONG_MS:
        return WAIT.clear(f"{took} ms at most.", worst_ms=took)
    place = round(100 * reading.position)
    words = (
        f"A transfer took {took / 1000:.1f} s at {place} % of the surface ({name}): the drive may have had to retry."
    )
    return WAIT.fired(Severity.WARNING, words, worst_ms=took, at_percent=place)
