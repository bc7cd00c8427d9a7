"""Sizes, durations and estimates as people read them."""

from datetime import timedelta

import pytest

from jobs.board.estimate import plan_seconds, stage_seconds
from jobs.board.figures import duration_text, percent_text, rough_duration_text, since_text, size_text
from jobs.board.finish import finish_at
from jobs.models import BurninJob, BurninStage
from jobs.tests.ui.workbench import FULL, NOW, TB

DAY = 86400


@pytest.mark.parametrize(
    ("size", "text"), [(12 * TB, "12.0 TB"), (3_840_755_982_336, "3.8 TB"), (512_110_190_592, "512 GB"), (0, "–")]
)
def test_sizes_are_those_on_the_label(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "5 s"), (65, "1 min"), (3600, "1:00 h"), (DAY + 7 * 3600 + 720, "1 d 07:12"), (-3, "0 s")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(("percent", "text"), [(0, "0 %"), (62.9, "62 %"), (99.99, "99 %"), (100, "100 %")])
def test_only_all_of_it_is_100_percent(percent: float, text: str) -> None:
    assert percent_text(percent) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(30, "about 1 min"), (20 * 3600, "about 20 h"), (6.1 * DAY, "about 6.1 days")]
)
def test_estimates_do_not_pretend_to_be_exact(seconds: float, text: str) -> None:
    assert rough_duration_text(seconds) == text


def test_since_names_the_day_when_it_is_long_ago() -> None:
    assert since_text(NOW - timedelta(hours=2), NOW) == "since 10:00"
    assert since_text(NOW - timedelta(days=2), NOW) == "since Wed 12:00"


def test_four_patterns_on_12_tb_take_about_six_days() -> None:
    assert 5.7 * DAY < stage_seconds("surface_validate", 12 * TB) < 6.5 * DAY


def test_stamps_and_zeros_take_half_as_long() -> None:
    classic = stage_seconds("surface_validate", 12 * TB, "classic")
    assert stage_seconds("surface_validate", 12 * TB, "standard") == classic / 2


def test_a_larger_drive_takes_longer() -> None:
    sizes = [TB * n for n in (1, 4, 8, 12, 20, 30)]
    times = [plan_seconds(FULL, size) for size in sizes]
    assert times == sorted(times)


def job_with(*stages: BurninStage, **values: object) -> tuple[BurninJob, list[BurninStage]]:
    return BurninJob(state="running", size_bytes=12 * TB, **values), list(stages)


def test_the_finish_counts_the_stages_that_are_still_to_come() -> None:
    eta = NOW + timedelta(hours=3)
    job, stages = job_with(
        BurninStage(stage_name="long_smart", state="running", eta_at=eta),
        BurninStage(stage_name="surface_validate", state="pending"),
    )
    end = finish_at(job, stages, now=NOW)
    assert end is not None
    assert end > eta + timedelta(days=5)


def test_a_burnin_that_waits_has_no_finish() -> None:
    job, stages = job_with(BurninStage(stage_name="long_smart", state="running", eta_at=NOW), waiting_since=NOW)
    assert finish_at(job, stages, now=NOW) is None


def test_a_simulated_drive_is_not_measured_by_its_size() -> None:
    soon = NOW + timedelta(minutes=1)
    job, stages = job_with(
        BurninStage(stage_name="short_smart", state="running", eta_at=soon),
        BurninStage(stage_name="surface_validate", state="pending"),
        simulated=True,
    )
    assert finish_at(job, stages, now=NOW) == soon


def test_an_expected_end_that_passed_is_worked_out_again_from_the_percent() -> None:
    job, stages = job_with(
        BurninStage(
            stage_name="long_smart",
            state="running",
            eta_at=NOW - timedelta(minutes=1),
            started_at=NOW - timedelta(minutes=10),
            percent=50,
        )
    )
    assert finish_at(job, stages, now=NOW) == NOW + timedelta(minutes=10)
