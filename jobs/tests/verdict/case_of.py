"""Cases as small as a rule needs them."""

from typing import Any

from drives.smart.parse import parse_report
from drives.tests.smart.samples import load
from jobs.stages.smart_facts import Facts, facts_of
from jobs.verdict import Case, Policy, Ruling, judge

SOUND: dict[str, Facts] = {
    "ATA": {
        "protocol": "ATA",
        "health": True,
        "hours": 10,
        "reallocated": 0,
        "pending": 0,
        "offline_uncorrectable": 0,
        "reported_uncorrectable": 0,
        "reallocation_events": 0,
        "spin_retries": 0,
        "end_to_end_errors": 0,
        "command_timeouts": 0,
        "link_errors": 0,
        "phy_errors": 0,
        "error_log": 0,
        "failed_attributes": 0,
        "failed_self_tests": 0,
    },
    "SCSI": {
        "protocol": "SCSI",
        "health": True,
        "hours": 10,
        "pending": 0,
        "offline_uncorrectable": 0,
        "grown_defects": 0,
        "phy_errors": 0,
        "failed_self_tests": 0,
    },
    "NVMe": {
        "protocol": "NVMe",
        "health": True,
        "hours": 10,
        "media_errors": 0,
        "error_log": 0,
        "failed_self_tests": 0,
        "critical_warning": 0,
        "available_spare": 100,
        "spare_threshold": 10,
        "percentage_used": 0,
    },
}


def real(name: str) -> Facts:
    """Return the facts of a real drive."""
    return facts_of(parse_report(load(name)))


def case(protocol: str = "ATA", *, was: Facts | None = None, now: Facts | None = None, **more: Any) -> Case:
    """Return a case of a sound drive, but for what `was` before and what is `now`."""
    sound = SOUND[protocol]
    before = {**sound, **(was or {})}
    return Case(**{"policy": Policy.USED, "before": before, "after": {**before, **(now or {})}, **more})


def ruling(of: Case, rule: str) -> Ruling:
    """Return what one rule says."""
    return next(each for each in judge(of) if each.rule == rule)


def fired(of: Case) -> list[str]:
    """Return the rules that fired."""
    return [each.rule for each in judge(of) if each.fired]
