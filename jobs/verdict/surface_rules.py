"""Rules over the surface test: errors, corruption, and whether all of the drive was covered."""

from jobs.stages.base import Cause, Severity
from jobs.verdict.case import Case
from jobs.verdict.ruling import Name, Ruling

ERRORS = Name("surface_errors", "Unreadable or unwritable blocks")
CORRUPTION = Name("surface_corruption", "Silent corruption")
COVERAGE = Name("surface_coverage", "Every block written and verified")
PARTLY = "The surface test did not come to its end."
NOT_TESTED = "The surface was not tested."
OTHER_PORT = "Retest on another port before you blame the drive: memory, controller or cable can also do this."


def errors(case: Case) -> Ruling:
    """Blocks that cannot be read or written fail the drive, above the number that is forgiven."""
    surface = case.surface
    if surface is None:
        return ERRORS.not_applicable(NOT_TESTED)
    found = surface.read_errors + surface.write_errors
    if not found:
        return ERRORS.clear("No read or write failed.") if surface.complete else ERRORS.not_applicable(PARTLY)
    words = f"{surface.read_errors} read errors and {surface.write_errors} write errors on the surface."
    severity = Severity.FAILURE if surface.bad_blocks > surface.allowed else Severity.WARNING
    return ERRORS.fired(severity, words, read_errors=surface.read_errors, write_errors=surface.write_errors)


def corruption(case: Case) -> Ruling:
    """What was read is not what was written: the drive fails here, and is tested elsewhere before it is thrown away."""
    surface = case.surface
    if surface is None:
        return CORRUPTION.not_applicable(NOT_TESTED)
    if not surface.corrupted:
        return (
            CORRUPTION.clear("All that was read is what was written.")
            if surface.complete
            else CORRUPTION.not_applicable(PARTLY)
        )
    words = f"{surface.corrupted} blocks came back other than they were written. {OTHER_PORT}"
    return CORRUPTION.fired(Severity.FAILURE, words, corrupted=surface.corrupted)


def coverage(case: Case) -> Ruling:
    """A pass needs the positive proof that nothing was left out."""
    surface = case.surface
    if surface is None:
        return COVERAGE.not_applicable(NOT_TESTED)
    if surface.complete:
        return COVERAGE.clear(f"{surface.parts} parts, each shown to be complete.", parts=surface.parts)
    if surface.bad_blocks > surface.allowed or surface.corrupted:
        return COVERAGE.not_applicable("The test was ended early: it had found enough.")
    words = "The surface test did not cover all of the drive, so it proves nothing about the rest."
    return COVERAGE.fired(Severity.WARNING, words, Cause.HOST, parts=surface.parts)
