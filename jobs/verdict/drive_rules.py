"""Rules over what the drive says of itself as a whole: its own verdict, its tests, its wear, its age."""

from typing import Any

from jobs.stages.base import Severity
from jobs.stages.smart_facts import is_warm_only, says_failing
from jobs.verdict.case import Case
from jobs.verdict.policy import NEW_UP_TO_HOURS, Policy
from jobs.verdict.ruling import Name, Ruling

HEALTH = Name("smart_failing", "The drive's own verdict")
SELF_TEST = Name("self_test", "Self-tests")
SPARE = Name("nvme_spare", "Spare blocks")
WEAR = Name("nvme_wear", "Wear")
AGE = Name("power_on_hours", "Age")
NO_SMART = "SMART was not read after the test."


def own_verdict(case: Case) -> Ruling:
    """A drive that says it is failing fails; one that says it is well proves nothing yet."""
    facts = case.after if case.after is not None else case.before
    if facts is None:
        return HEALTH.not_applicable("SMART was never read.")
    if says_failing(facts):
        warning = int(facts.get("critical_warning") or 0)
        evidence: dict[str, Any] = {"critical_warning": warning} if warning else {}
        words = "The drive's own SMART status says that it is failing."
        return HEALTH.fired(Severity.FAILURE, words, health="failing", **evidence)
    if case.after is None:
        return HEALTH.not_applicable(NO_SMART)
    if is_warm_only(facts):
        return HEALTH.clear("The drive warns of its temperature, and of nothing else.")
    if facts.get("health") is None:
        return HEALTH.not_applicable("The drive gives no verdict on itself.")
    return HEALTH.clear("The drive says that it is well.")


def self_tests(case: Case) -> Ruling:
    """A self-test that found a fault fails the drive; an aborted one says nothing."""
    if not case.self_tests:
        return SELF_TEST.not_applicable("No self-test was in the plan.")
    failed = [test for test in case.self_tests if test.state == "failed"]
    if failed:
        words = failed[0].message.rstrip(".") or f"The drive failed its own {failed[0].kind} self-test"
        return SELF_TEST.fired(Severity.FAILURE, f"{words}.", failed=[test.kind for test in failed])
    passed = [test.kind for test in case.self_tests if test.state == "passed"]
    if len(passed) < len(case.self_tests):
        missing = ", ".join(test.kind for test in case.self_tests if test.state != "passed")
        return SELF_TEST.not_applicable(f"Not every self-test came to an end: {missing}.")
    return SELF_TEST.clear(f"Passed: {', '.join(passed)}.", passed=passed)


def spare(case: Case) -> Ruling:
    """An NVMe drive whose spare blocks are below its own threshold fails."""
    if case.protocol != "NVMe":
        return SPARE.not_applicable("Only NVMe drives tell it.")
    facts = case.after or {}
    left, least = facts.get("available_spare"), facts.get("spare_threshold")
    if left is None or least is None:
        return SPARE.not_applicable(NO_SMART if case.after is None else "The drive does not tell it.")
    if left < least:
        words = f"{left} % of the spare blocks are left; the drive's own limit is {least} %."
        return SPARE.fired(Severity.FAILURE, words, left=left, limit=least)
    return SPARE.clear(f"{left} % left, limit {least} %.", left=left, limit=least)


def wear(case: Case) -> Ruling:
    """An NVMe drive that is worn out is named; how much the burn-in took is on record."""
    if case.protocol != "NVMe":
        return WEAR.not_applicable("Only NVMe drives tell it.")
    used = (case.after or {}).get("percentage_used")
    if used is None:
        return WEAR.not_applicable(NO_SMART if case.after is None else "The drive does not tell it.")
    then = (case.before or {}).get("percentage_used", used)
    if used >= 100:
        words = f"{used} % of the rated life is used up ({then} % before the burn-in)."
        return WEAR.fired(Severity.WARNING, words, before=then, now=used)
    return WEAR.clear(f"{used} % of the rated life is used ({then} % before).", before=then, now=used)


def age(case: Case) -> Ruling:
    """A drive that is to be new and has run for more than 50 hours is not."""
    hours = (case.before or case.after or {}).get("hours")
    if hours is None:
        return AGE.not_applicable("The drive does not tell its power-on hours.")
    if case.policy is Policy.NEW and hours > NEW_UP_TO_HOURS:
        words = (
            f"The drive is to be new, and had run for {hours} h before the burn-in (new: up to {NEW_UP_TO_HOURS} h)."
        )
        return AGE.fired(Severity.WARNING, words, hours=hours, new_up_to=NEW_UP_TO_HOURS)
    return AGE.clear(f"{hours} h when the burn-in began; judged as {case.policy}.", hours=hours)
