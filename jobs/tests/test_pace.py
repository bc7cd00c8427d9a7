"""Where a drive is slow, told from its own curve; and the log that is made of what is observed."""

import json
from typing import Any

import pytest

from jobs import pace, pace_watch
from jobs.pace import Pass, Reading
from jobs.stages.base import Cause, Severity
from jobs.tests.verdict.case_of import case, ruling
from jobs.verdict import Outcome


def drive(places: int = 100, *, slow: range = range(0), factor: float = 0.3, outer: float = 250.0) -> list[float]:
    """Return the rates of a hard drive: the inner tracks are half as fast as the outer ones, along an arc."""
    rates = [outer * (1 - 0.5 * (place / places) ** 1.4) for place in range(places)]
    return [rate * factor if place in slow else rate for place, rate in enumerate(rates)]


def log(*passes: list[float], waits: list[float] | None = None) -> list[Pass]:
    names = ("write", "verify")
    rows = [
        {"pass": number // 2, "phase": names[number % 2], "mbps": rates, "worst_ms": waits or []}
        for number, rates in enumerate(passes)
    ]
    return pace.from_position_log(rows)


@pytest.mark.parametrize("places", [16, 100, 1000])
def test_a_drive_that_only_grows_slower_inwards_is_even(places: int) -> None:
    assert pace.slow_zones(log(drive(places), drive(places))) == []
    assert ruling(case(passes=log(drive(places))), "slow_zone").outcome is Outcome.CLEAR


def test_an_ssd_is_even_too() -> None:
    assert pace.slow_zones(log([500.0] * 100)) == []


@pytest.mark.parametrize("slow", [range(20), range(30, 31), range(60, 85), range(95, 100)])
def test_a_slow_zone_is_found_wherever_it_is_and_named_with_its_place(slow: range) -> None:
    zones = pace.slow_zones(log(drive(slow=slow), drive(slow=slow)))
    assert [(round(100 * zone.first), round(100 * zone.last)) for zone in zones] == [(slow.start, slow.stop)]
    assert zones[0].comes_back
    assert zones[0].mbps < 0.5 * zones[0].expected_mbps


def test_a_zone_narrower_than_the_grid_is_found_in_the_engines_fine_log() -> None:
    rates = drive(1000, slow=range(501, 504), factor=0.02)
    assert len(pace.slow_zones(log(rates, rates))) == 1


def test_a_slow_zone_is_a_warning_about_the_drive_and_never_fails_it() -> None:
    slow = drive(slow=range(40, 50))
    found = ruling(case(passes=log(slow, slow, slow, slow)), "slow_zone")
    assert (found.severity, found.cause, found.condemns) == (Severity.WARNING, Cause.DRIVE, False)
    assert (found.evidence["from_percent"], found.evidence["to_percent"]) == (40, 50)
    assert (found.evidence["slow_in_passes"], found.evidence["passes"]) == (4, 4)


def test_what_was_slow_once_accuses_the_host() -> None:
    once = drive(slow=range(40, 50), factor=0.05)
    found = ruling(case(passes=log(once, drive(), drive(), drive())), "slow_zone")
    assert (found.severity, found.cause) == (Severity.INFO, Cause.HOST)


def test_a_zone_that_is_slow_only_when_read_is_the_drive() -> None:
    slow = drive(slow=range(40, 50), factor=0.1)
    passes = log(drive(), slow, drive(), slow, drive(), slow)
    assert ruling(case(passes=passes), "slow_zone").cause is Cause.DRIVE


def test_a_handful_of_readings_says_nothing() -> None:
    assert ruling(case(passes=log([200.0] * 7)), "slow_zone").outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(("ms", "fires"), [(6_999.0, False), (7_000.0, True)])
def test_a_long_wait_is_named_with_its_place(ms: float, *, fires: bool) -> None:
    found = ruling(case(passes=log(drive(), waits=[20.0] * 70 + [ms] + [20.0] * 29)), "long_wait")
    assert found.fired is fires
    assert found.evidence["worst_ms"] == round(ms)
    assert "70 %" in found.message or not fires


def test_places_that_were_not_measured_are_left_out() -> None:
    rows: list[dict[str, Any]] = [{"pass": 0, "phase": "write", "mbps": [None, 90.0], "worst_ms": [None, 4.0]}]
    assert pace.from_position_log(rows) == [Pass("write 0", (Reading(0.75, 90.0, 4.0),))]


SIZE, MIB = 64 * 2**20, 2**20


def watched(*looks: tuple[float, int], phase: str = "write", number: int = 0, log: Any = None) -> Any:
    for now, position in looks:
        look = pace_watch.Look(number, phase, position, now)
        log = pace_watch.note(log, look, size=SIZE, places=16)
    return log


def rates_of(log: Any) -> list[float | None]:
    return list(pace_watch.closed(log)["passes"][-1]["mbps"])


def test_looks_become_rates_by_place() -> None:
    log = watched((0, 0), (1, 32 * MIB), (3, 64 * MIB))
    assert rates_of(log) == [pytest.approx(33.6, abs=0.1)] * 8 + [pytest.approx(16.8, abs=0.1)] * 8
    assert json.loads(json.dumps(log)) == log


def test_a_step_that_takes_several_looks_is_timed_as_a_whole() -> None:
    log = watched((0, 0), (1, 4 * MIB), (2, 4 * MIB), (3, 4 * MIB), (5, 8 * MIB))
    assert rates_of(log)[:3] == [pytest.approx(4.2, abs=0.1), pytest.approx(1.0, abs=0.1), None]


def test_a_paused_time_does_not_count() -> None:
    log = pace_watch.still(watched((0, 0), (1, 32 * MIB)))
    log = watched((600, 32 * MIB), (601, 64 * MIB), log=log)
    assert rates_of(log) == [pytest.approx(33.6, abs=0.1)] * 16


def test_a_time_in_which_nobody_looked_does_not_count() -> None:
    log = watched((0, 0), (1, 32 * MIB), (3600, 32 * MIB), (3601, 64 * MIB))
    assert rates_of(log) == [pytest.approx(33.6, abs=0.1)] * 16


def test_the_next_phase_opens_the_next_pass() -> None:
    log = watched((0, 0), (1, 64 * MIB))
    log = watched((2, 0), (3, 64 * MIB), phase="verify", log=log)
    log = watched((4, 0), (5, 64 * MIB), number=1, log=log)
    passes = pace_watch.closed(log)["passes"]
    assert [(row["pass"], row["phase"]) for row in passes] == [(0, "write"), (0, "verify"), (1, "write")]


def test_a_phase_that_nobody_saw_moving_leaves_no_pass() -> None:
    assert pace_watch.closed(watched((0, 0)))["passes"] == []


@pytest.mark.parametrize(("size", "places"), [(20 * 10**12, 100), (SIZE, 16), (1, 1)])
def test_small_drives_have_fewer_places(size: int, places: int) -> None:
    assert pace_watch.places_for(size, 4 * MIB) == places
