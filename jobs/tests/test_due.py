"""Which jobs the scheduler wakes by itself."""

from datetime import timedelta

import pytest

from jobs import dispatch, due
from jobs.models import BurninJob
from jobs.tests.bench import Bench, make_drive


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the jobs that were woken."""
    jobs: list[int] = []
    monkeypatch.setattr(dispatch, "wake", jobs.append)
    return jobs


def test_it_wakes_queued_jobs_as_far_as_there_are_slots(bench: Bench, woken: list[int]) -> None:
    drives = [bench.drive, *(make_drive(bench.drive.host, f"ZA{n}", f"sd{n}") for n in range(2, 5))]
    jobs = [Bench(drive, bench.person, bench.door).start() for drive in drives]
    woken.clear()
    due.wake_due_jobs(bench.now)
    assert woken == [job.pk for job in jobs[:2]]


def test_it_leaves_a_watched_run_alone(bench: Bench, woken: list[int]) -> None:
    bench.tick(bench.start())
    woken.clear()
    due.wake_due_jobs(bench.now + timedelta(hours=1))
    assert woken == []


def test_it_wakes_a_job_whose_worker_died_between_two_stages(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    job.stages.filter(stage_name="surface_validate").update(state="pending")
    woken.clear()
    due.wake_due_jobs(bench.now)
    assert woken == [job.pk]


def test_it_wakes_a_job_whose_stage_began_but_never_launched(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    job.stages.filter(stage_name="surface_validate").update(data={})
    woken.clear()
    due.wake_due_jobs(bench.now + timedelta(seconds=5))
    assert woken == []
    due.wake_due_jobs(bench.now + timedelta(seconds=30))
    assert woken == [job.pk]


def test_it_wakes_a_job_that_has_waited_long_enough(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    BurninJob.objects.update(due_at=bench.now + timedelta(seconds=5))
    woken.clear()
    due.wake_due_jobs(bench.now)
    assert woken == []
    due.wake_due_jobs(bench.now + timedelta(seconds=5))
    assert woken == [job.pk]


def test_the_cap_on_hours_is_off_unless_it_is_set(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    due.stop_overlong_jobs(0, bench.now + timedelta(days=365))
    job.refresh_from_db()
    assert job.stop_reason == ""
    due.stop_overlong_jobs(24, bench.now + timedelta(hours=25))
    job.refresh_from_db()
    assert "24 hours" in job.stop_reason
    assert woken[-1] == job.pk
