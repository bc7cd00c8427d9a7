"""Proof by the drive itself: what its own counter says was written, against what we claim to have written."""

from jobs.stages.base import Cause, Severity
from jobs.verdict.case import Case, Surface
from jobs.verdict.ruling import Name, Ruling

ATTESTED = Name("attested_writes", "Writes attested by the drive")
LEAST = 0.99  # a drive may leave out what it wrote from its cache a moment ago
MOST = 1.10  # and count what the host wrote around the test
STEPS = 2  # a counter that counts in steps may be one off at each end


def attested_writes(case: Case) -> Ruling:
    """The drive must have counted the bytes that the surface test claims; no counter, no attestation."""
    surface = case.surface
    if surface is None or not surface.claimed_bytes:
        return ATTESTED.not_applicable("Nothing was written that a counter could attest.")
    if case.before is None or case.after is None:
        return ATTESTED.not_applicable("SMART was not read both before and after the test.")
    if "bytes_written" not in case.before or "bytes_written" not in case.after:
        return ATTESTED.not_applicable("The drive does not count what is written to it.")
    if case.before.get("written_source") != case.after.get("written_source"):
        return ATTESTED.not_applicable("The drive's counter before was another than the one after.")
    counted = int(case.after["bytes_written"]) - int(case.before["bytes_written"])
    if counted < 0:
        return ATTESTED.not_applicable("The drive began its counter again during the burn-in.")
    return _compare(case, surface, counted)


def _compare(case: Case, surface: Surface, counted: int) -> Ruling:
    facts = case.after or {}
    source = str(facts.get("written_source") or "its own counter")
    slack = STEPS * int(facts.get("written_unit") or 1)
    claimed = surface.claimed_bytes
    evidence = {"claimed_bytes": claimed, "counted_bytes": counted, "counter": source}
    if slack * 10 > claimed:
        return ATTESTED.not_applicable(f"The counter ({source}) is too coarse for what was written.")
    if counted < LEAST * claimed - slack:
        words = (
            f"The drive counted {_amount(counted)} written, {_amount(claimed)} were claimed ({source}). "
            "Writes may have ended in the host or its controller, or the drive counts wrongly."
        )
        return ATTESTED.fired(_weight(case), words, Cause.HOST, **evidence)
    if counted > MOST * claimed + slack and not surface.interruptions:
        words = (
            f"The drive counted {_amount(counted)} written, but only {_amount(claimed)} were ours ({source}). "
            "Something else may have written to it during the test."
        )
        return ATTESTED.fired(_weight(case), words, Cause.HOST, **evidence)
    return ATTESTED.clear(
        f"{_amount(counted)} counted by the drive, {_amount(claimed)} claimed ({source}).", **evidence
    )


def _weight(case: Case) -> Severity:
    """A vendor's attribute may count in another unit than its name says; that is a note, not a warning."""
    return Severity.WARNING if (case.after or {}).get("written_defined", True) else Severity.INFO


def _amount(count: int) -> str:
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count} bytes"
