"""Pausing and continuing: the row says what is wanted, the process on the host follows, whatever happens between."""

from typing import Any

import pytest

from audit.models import AuditEvent
from drives.hosts.errors import HostUnreachable
from jobs import pausing, services
from jobs.models import BurninJob, JobState, StageState
from jobs.tests.bench import Bench
from jobs.tests.test_engine import failing

LOST: dict[str, Any] = {
    "state": "interrupted",
    "exit_code": None,
    "reason": {"code": "rebooted", "message": "Restarted."},
}


def newest(bench: Bench) -> str:
    return str(bench.door.launched[-1]["run_id"])


def pause(bench: Bench, job: BurninJob) -> BurninJob:
    pausing.pause_job(job=job, actor=bench.person)
    return bench.tick(job)


def go_on(bench: Bench, job: BurninJob) -> BurninJob:
    pausing.continue_job(job=job, actor=bench.person)
    return bench.tick(job)


def test_it_stops_the_process_and_lets_it_go_on(bench: Bench) -> None:
    job = pause(bench, bench.tick(bench.start()))
    assert job.state == JobState.RUNNING
    assert (job.paused_by, job.held_run) == ("bob", newest(bench))
    assert bench.door.signals == [(newest(bench), "pause")]
    job = go_on(bench, job)
    assert (job.paused_at, job.held_run) == (None, "")
    assert bench.door.signals[-1] == (newest(bench), "continue")
    assert bench.finish_surface(job).state == JobState.PASSED
    told = AuditEvent.objects.filter(job_id=job.pk, event_type__in=["job.paused", "job.continued"])
    assert told.count() == 2


def test_nothing_begins_while_it_is_paused(bench: Bench) -> None:
    job = bench.tick(bench.start())
    bench.end_pattern("0xaa")
    job = pause(bench, job)
    assert len(bench.door.launched) == 1
    go_on(bench, job)
    assert len(bench.door.launched) == 2


def test_after_a_reboot_of_the_host_it_stays_paused(bench: Bench) -> None:
    job = pause(bench, bench.tick(bench.start()))
    bench.door.end(**LOST)
    for _ in range(3):
        job = bench.tick(job)
    assert len(bench.door.launched) == 1
    job = bench.tick(go_on(bench, job))
    assert len(bench.door.launched) == 2
    assert bench.finish_surface(job).state == JobState.PASSED


def test_a_worker_that_dies_after_the_signal_leaves_a_run_that_can_be_continued(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    signal = bench.door.signal

    def signal_and_die(**words: Any) -> dict[str, Any]:
        signal(**words)
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.door, "signal", signal_and_die)
    with pytest.raises(KeyboardInterrupt):
        pause(bench, job)
    monkeypatch.setattr(bench.door, "signal", signal)
    go_on(bench, job)
    assert bench.door.signals[-1] == (newest(bench), "continue")


def test_a_host_that_is_away_is_told_when_it_is_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    signal = bench.door.signal
    monkeypatch.setattr(bench.door, "signal", failing(HostUnreachable("nas-1 does not answer.")))
    job = pause(bench, job)
    assert job.waiting_reason == "nas-1 does not answer."
    monkeypatch.setattr(bench.door, "signal", signal)
    job = bench.tick(job)
    assert bench.door.signals == [(newest(bench), "pause")]
    assert job.waiting_since is None


def test_a_paused_burn_in_can_be_cancelled(bench: Bench) -> None:
    job = pause(bench, bench.tick(bench.start()))
    services.cancel_job(job=job, actor=bench.person)
    job = bench.tick(job)
    assert job.state == JobState.CANCELLED
    assert bench.stage(job).state == StageState.CANCELLED


def test_only_what_runs_can_be_paused_and_only_once(bench: Bench) -> None:
    job = bench.start()
    with pytest.raises(pausing.CannotPause, match="it is queued"):
        pausing.pause_job(job=job, actor=bench.person)
    job = pause(bench, bench.tick(job))
    with pytest.raises(pausing.CannotPause, match="paused by bob"):
        pausing.pause_job(job=job, actor=bench.person)


def test_only_what_is_paused_can_be_continued(bench: Bench) -> None:
    job = bench.tick(bench.start())
    with pytest.raises(pausing.NotPaused, match="it is not paused"):
        pausing.continue_job(job=job, actor=bench.person)
