"""What the surface test found, and what the drive itself counted of it."""

from dataclasses import replace
from typing import Any

import pytest

from jobs.stages.base import Cause, Severity
from jobs.tests.verdict.case_of import case, ruling
from jobs.verdict import Case, Outcome, Surface

GB = 10**9
DONE = Surface(complete=True, parts=4, claimed_bytes=100 * GB)


def test_a_plan_without_a_surface_test_claims_nothing() -> None:
    for rule in ("surface_coverage", "surface_errors", "surface_corruption", "attested_writes"):
        assert ruling(case(), rule).outcome is Outcome.NOT_APPLICABLE


def test_full_coverage_without_errors_is_clear() -> None:
    for rule in ("surface_coverage", "surface_errors", "surface_corruption"):
        assert ruling(case(surface=DONE), rule).outcome is Outcome.CLEAR


@pytest.mark.parametrize(("allowed", "severity"), [(0, Severity.FAILURE), (1, Severity.WARNING)])
def test_bad_blocks_fail_above_what_is_forgiven(allowed: int, severity: Severity) -> None:
    bad = replace(DONE, read_errors=1, bad_blocks=1, allowed=allowed)
    assert ruling(case(surface=bad), "surface_errors").severity is severity


def test_corruption_asks_for_another_port() -> None:
    found = ruling(case(surface=replace(DONE, corrupted=3, bad_blocks=3)), "surface_corruption")
    assert found.condemns
    assert "Retest on another port" in found.message


def test_corruption_is_never_forgiven() -> None:
    found = case(surface=replace(DONE, complete=False, corrupted=1, bad_blocks=1, allowed=5))
    assert ruling(found, "surface_corruption").condemns
    assert ruling(found, "surface_coverage").outcome is Outcome.NOT_APPLICABLE


def test_half_a_surface_test_clears_nothing_and_blames_nobody() -> None:
    half = replace(DONE, complete=False, parts=2)
    found = ruling(case(surface=half), "surface_coverage")
    assert (found.fired, found.cause, found.condemns) == (True, Cause.HOST, False)
    assert ruling(case(surface=half), "surface_errors").outcome is Outcome.NOT_APPLICABLE
    assert ruling(case(surface=half), "surface_corruption").outcome is Outcome.NOT_APPLICABLE


def attested(counted: int, *, surface: Surface = DONE, **facts: Any) -> Case:
    counter = {"bytes_written": 7 * GB, "written_unit": 512, "written_source": "device statistics", **facts}
    return case(was=counter, now={"bytes_written": 7 * GB + counted}, surface=surface)


@pytest.mark.parametrize(
    ("counted", "outcome"),
    [
        (100 * GB, Outcome.CLEAR),
        (99 * GB, Outcome.CLEAR),
        (98 * GB, Outcome.FIRED),
        (0, Outcome.FIRED),
        (110 * GB, Outcome.CLEAR),
        (111 * GB, Outcome.FIRED),
        (-1, Outcome.NOT_APPLICABLE),
    ],
)
def test_the_drives_own_count_must_agree_with_the_claim(counted: int, outcome: Outcome) -> None:
    found = ruling(attested(counted), "attested_writes")
    assert found.outcome is outcome
    if outcome is Outcome.FIRED:
        assert (found.severity, found.cause) == (Severity.WARNING, Cause.HOST)
        assert found.evidence == {
            "claimed_bytes": 100 * GB,
            "counted_bytes": counted,
            "counter": "device statistics",
        }


def test_what_was_repeated_after_an_interruption_may_be_counted_too() -> None:
    again = replace(DONE, interruptions=1)
    assert ruling(attested(180 * GB, surface=again), "attested_writes").outcome is Outcome.CLEAR


def test_steps_of_the_counter_are_forgiven() -> None:
    assert ruling(attested(97 * GB, written_unit=GB), "attested_writes").outcome is Outcome.CLEAR
    assert ruling(attested(96 * GB, written_unit=GB), "attested_writes").fired


def test_a_counter_too_coarse_for_the_drive_attests_nothing() -> None:
    assert ruling(attested(0, written_unit=6 * GB), "attested_writes").outcome is Outcome.NOT_APPLICABLE


def test_an_attribute_whose_unit_only_its_name_tells_gives_a_note() -> None:
    assert ruling(attested(GB, written_defined=False), "attested_writes").severity is Severity.INFO


def test_a_drive_without_a_counter_is_said_to_have_none() -> None:
    found = ruling(case(surface=DONE), "attested_writes")
    assert (found.outcome, found.message) == (
        Outcome.NOT_APPLICABLE,
        "The drive does not count what is written to it.",
    )


def test_two_different_counters_are_not_compared() -> None:
    odd = attested(100 * GB)
    other = {**(odd.after or {}), "written_source": "attribute 241 Total_LBAs_Written"}
    assert ruling(replace(odd, after=other), "attested_writes").outcome is Outcome.NOT_APPLICABLE
