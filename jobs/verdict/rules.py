"""All rules, in the order in which a person reads them."""

from collections.abc import Callable

from jobs.verdict import attested, drive_rules, heat_rules, pace_rules, surface_rules
from jobs.verdict.case import Case
from jobs.verdict.counters import COUNTERS
from jobs.verdict.ruling import Ruling

Rule = Callable[[Case], Ruling]
ALL: tuple[Rule, ...] = (
    surface_rules.coverage,
    surface_rules.errors,
    surface_rules.corruption,
    attested.attested_writes,
    drive_rules.own_verdict,
    drive_rules.self_tests,
    *COUNTERS,
    drive_rules.spare,
    drive_rules.wear,
    pace_rules.slow_zones,
    pace_rules.long_wait,
    heat_rules.exposure,
    drive_rules.age,
)


def judge(case: Case) -> tuple[Ruling, ...]:
    """Return what every rule says about this drive."""
    return tuple(rule(case) for rule in ALL)
