"""How hot is too hot, and what follows from it."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs import heat
from jobs.heat import Advice, Sample, Thresholds

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIMITS = Thresholds(critical=55, pause_at=52, continue_at=47)


def minutely(*degrees: int) -> list[Sample]:
    """Return readings a minute apart, the last one just now."""
    return [Sample(NOW - timedelta(minutes=len(degrees) - 1 - index), each) for index, each in enumerate(degrees)]


@pytest.mark.parametrize(
    ("setting", "told", "limits"),
    [
        (55, None, (55, 52, 47)),
        (55, 65, (55, 52, 47)),
        (55, 50, (50, 47, 42)),
        (55, 45, (45, 42, 37)),
        (55, 44, (55, 52, 47)),
        (55, 0, (55, 52, 47)),
        (70, 60, (60, 57, 52)),
    ],
)
def test_the_lower_limit_counts_and_an_absurd_one_does_not(
    setting: int, told: int | None, limits: tuple[int, int, int]
) -> None:
    assert heat.thresholds(setting, told) == Thresholds(*limits)


@pytest.mark.parametrize(
    ("degrees", "cooling", "advice"),
    [
        ((51,), False, Advice.GO_ON),
        ((52,), False, Advice.PAUSE),
        ((60,), False, Advice.PAUSE),
        ((51,), True, Advice.PAUSE),
        ((48,), True, Advice.PAUSE),
        ((47,), True, Advice.CONTINUE),
        ((60, 47), True, Advice.CONTINUE),
        ((), False, Advice.GO_ON),
        ((), True, Advice.GO_ON),
    ],
)
def test_it_pauses_below_the_limit_and_goes_on_five_degrees_cooler(
    degrees: tuple[int, ...], cooling: object, advice: Advice
) -> None:
    assert heat.advise(minutely(*degrees), LIMITS, cooling=bool(cooling), now=NOW) is advice


@pytest.mark.parametrize(("minutes", "advice"), [(30, Advice.PAUSE), (31, Advice.GIVE_UP)])
def test_half_an_hour_above_critical_is_the_end(minutes: int, advice: Advice) -> None:
    assert heat.advise(minutely(*[55] * minutes), LIMITS, cooling=True, now=NOW) is advice


def test_one_cooler_reading_begins_the_half_hour_again() -> None:
    assert heat.advise(minutely(*[56] * 20, 54, *[56] * 20), LIMITS, cooling=True, now=NOW) is Advice.PAUSE


def test_a_gap_between_readings_begins_it_again_too() -> None:
    before = [Sample(reading.at - timedelta(hours=1), 60) for reading in minutely(*[60] * 40)]
    assert heat.advise([*before, *minutely(60, 60)], LIMITS, cooling=True, now=NOW) is Advice.PAUSE


def test_an_old_reading_changes_nothing() -> None:
    old = [Sample(NOW - timedelta(minutes=6), 60)]
    assert heat.advise(old, LIMITS, cooling=False, now=NOW) is Advice.GO_ON
