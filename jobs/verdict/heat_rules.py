"""What temperature says: about the place where the drive was tested, not about the drive."""

from jobs.heat import own_limit
from jobs.stages.base import Cause, Severity
from jobs.verdict.case import Case
from jobs.verdict.ruling import Name, Ruling

HEAT = Name("heat", "Temperature")


def exposure(case: Case) -> Ruling:
    """A drive that was hotter than it may be was tested out of its range: what it did then counts less."""
    seen = case.heat
    if seen is None or not seen.samples:
        return HEAT.not_applicable("No temperature was read during the burn-in.")
    facts = case.after or case.before or {}
    limit = own_limit(facts.get("temperature_limit"))
    evidence = {"highest_c": seen.highest, "lowest_c": seen.lowest, "samples": seen.samples, "pauses": seen.pauses}
    for most, whose in ((limit, "the drive's own limit"), (seen.critical, "the limit of the settings")):
        if most is not None and seen.highest > most:
            words = f"It was up to {seen.highest} °C; {whose} is {most} °C. Cool the place where it is tested."
            return HEAT.fired(Severity.WARNING, words, Cause.HEAT, limit_c=most, **evidence)
    return HEAT.clear(f"{seen.lowest} to {seen.highest} °C in {seen.samples} readings.", **evidence)
