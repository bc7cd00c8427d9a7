"""Stuck is a stage that moves nothing although it could; the clock alone says nothing."""

from datetime import timedelta

import pytest

from drives.hosts.errors import HostUnreachable
from drives.models import Host
from jobs import due, host_leases, observer
from jobs.host_memory import HostMemory
from jobs.models import BurninJob, BurninStage, JobState
from jobs.stillness import longest_step, still_seconds
from jobs.tests.bench import Bench
from jobs.tests.test_engine import failing
from jobs.tests.test_observer import lease_of, progress

TWO_HOURS = 7200


def test_standing_still_adds_up_and_any_progress_ends_it() -> None:
    assert still_seconds(30, moved=False, halted=False, gap_s=10, most_s=60) == 40
    assert still_seconds(30, moved=True, halted=False, gap_s=10, most_s=60) == 0


@pytest.mark.parametrize(("halted", "gap_s"), [(True, 10.0), (False, None), (False, 0.0), (False, -3600.0)])
def test_pauses_first_looks_and_clocks_set_back_add_nothing(halted: bool, gap_s: float | None) -> None:  # noqa: FBT001
    assert still_seconds(30, moved=False, halted=halted, gap_s=gap_s, most_s=60) == 30


def test_a_long_gap_means_that_nobody_looked() -> None:
    assert still_seconds(0, moved=False, halted=False, gap_s=86_400, most_s=longest_step(0.7)) == 60
    assert still_seconds(0, moved=False, halted=False, gap_s=300, most_s=longest_step(300)) == 300


@pytest.fixture
def watched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench that the observer sees through the same door."""
    monkeypatch.setattr(observer, "open_program", lambda _host: bench.door)
    return bench


def look_for(bench: Bench, seconds: float, every_s: float = 50) -> None:
    lease, memory = lease_of(bench), HostMemory()
    for _ in range(int(seconds / every_s) + 1):
        bench.now += timedelta(seconds=every_s)
        Host.objects.update(lease_until=bench.now + timedelta(hours=1))  # the scheduler renews it every two seconds
        observer.observe_runs(lease, memory, now=bench.now)
    host_leases.release(lease)


def test_a_surface_without_a_byte_of_progress_ends_unknown_with_a_sentence(watched: Bench) -> None:
    job = watched.tick(watched.start())
    progress(watched, percent=10.0)
    look_for(watched, TWO_HOURS - 100)
    due.stop_stuck_jobs(2, watched.now)
    assert BurninJob.objects.get(pk=job.pk).stop_reason == ""
    look_for(watched, 300)
    due.stop_stuck_jobs(2, watched.now)
    job = watched.tick(job)
    assert job.state == JobState.UNKNOWN
    assert "stood still at" in job.error_text
    assert watched.door.signals[-1][1] == "terminate"


def test_a_paused_process_is_not_stuck(watched: Bench) -> None:
    job = watched.tick(watched.start())
    progress(watched, percent=10.0)
    look_for(watched, 100)
    before = watched.stage(job).still_s
    watched.door.runs[watched.door.launched[-1]["run_id"]]["paused"] = True
    look_for(watched, TWO_HOURS)
    assert watched.stage(job).still_s <= before + 60


def test_a_run_that_cannot_say_how_far_it_is_on_a_full_host_is_not_stuck(watched: Bench) -> None:
    job = watched.tick(watched.start())
    progress(watched, percent=10.0)
    look_for(watched, 100)
    before = watched.stage(job).still_s
    watched.door.runs[watched.door.launched[-1]["run_id"]]["host_full"] = True
    look_for(watched, TWO_HOURS)
    assert watched.stage(job).still_s <= before + 60
    assert "the disk of the host is full" in watched.stage(job).message


def test_a_host_that_is_away_is_not_stuck(watched: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = watched.tick(watched.start())
    progress(watched, percent=10.0)
    look_for(watched, 100)
    probe = watched.door.probe
    monkeypatch.setattr(watched.door, "probe", failing(HostUnreachable("nas-1 does not answer.")))
    look_for(watched, TWO_HOURS, every_s=600)
    monkeypatch.setattr(watched.door, "probe", probe)
    look_for(watched, 50)
    assert watched.stage(job).still_s < 600


def test_a_self_test_gets_three_times_what_its_drive_says(watched: Bench) -> None:
    job = watched.tick(watched.start())
    row = watched.stage(job)
    BurninStage.objects.filter(pk=row.pk).update(
        stage_name="long_smart", still_s=9 * 3600, data={"expected_s": 4 * 3600.0}
    )
    due.stop_stuck_jobs(2, watched.now)
    assert BurninJob.objects.get(pk=job.pk).stop_reason == ""
    BurninStage.objects.filter(pk=row.pk).update(still_s=12 * 3600)
    due.stop_stuck_jobs(2, watched.now)
    assert "stood still" in BurninJob.objects.get(pk=job.pk).stop_reason
