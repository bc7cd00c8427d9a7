"""A drive that gets too hot rests; what operators paused stays paused; what never cools ends unknown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from audit.models import AuditEvent
from drives.hosts.errors import HostSaidNo, HostUnreachable
from drives.hosts.ports import DiskInfo
from jobs import dispatch, due, pausing, services, thermometer
from jobs.models import JobState, StageState, TemperatureSample
from jobs.plans import make_plan
from jobs.tests.bench import HEALTHY, Bench
from jobs.tests.test_engine import failing

DISK = DiskInfo(devname="sdb", serial="ZA1", size_bytes=64 * 2**20)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the jobs that were woken."""
    jobs: list[int] = []
    monkeypatch.setattr(dispatch, "wake", jobs.append)
    return jobs


def read(bench: Bench, celsius: int | None, after_s: float = 60, **disk: Any) -> None:
    """Let the host tell a temperature."""
    bench.now += timedelta(seconds=after_s)
    told = replace(DISK, temperature_c=celsius, **disk)
    thermometer.note(host_id=bench.drive.host_id, disks=[told], now=bench.now)


def actions_of(bench: Bench) -> list[str]:
    return [action for _, action in bench.door.signals]


def test_a_hot_drive_is_paused_and_goes_on_when_it_has_cooled(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    woken.clear()
    read(bench, 51)
    assert woken == []
    read(bench, 52)
    assert woken == [job.pk]
    job = bench.tick(job)
    assert (job.cooling_since, job.heat_pauses, actions_of(bench)) == (bench.now, 1, ["pause"])
    read(bench, 48)
    assert bench.tick(job).cooling_since is not None
    read(bench, 47)
    job = bench.tick(job)
    assert (job.cooling_since, actions_of(bench)[-1]) == (None, "continue")
    assert bench.finish_surface(job).state == JobState.PASSED
    events = AuditEvent.objects.filter(job_id=job.pk).values_list("event_type", flat=True)
    assert {"job.paused_for_heat", "job.cooled"} <= set(events)


def test_the_drives_own_limit_counts_where_it_is_lower(bench: Bench, woken: list[int]) -> None:
    bench.door.smart_answers = [{**HEALTHY, "temperature": {"current": 34, "op_limit_max": 50}}]
    job = bench.tick(bench.start())
    read(bench, 47)
    assert bench.tick(job).cooling_since is not None


def test_what_an_operator_paused_is_not_continued_by_the_cold(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    job = bench.tick(job)
    pausing.pause_job(job=job, actor=bench.person)
    job = bench.tick(job)
    read(bench, 40)
    job = bench.tick(job)
    assert "continue" not in actions_of(bench)
    pausing.continue_job(job=job, actor=bench.person)
    job = bench.tick(job)
    assert (job.cooling_since, actions_of(bench)[-1]) == (None, "continue")


def test_what_is_too_hot_is_not_continued_by_an_operator(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    job = bench.tick(job)
    pausing.pause_job(job=job, actor=bench.person)
    job = bench.tick(job)
    pausing.continue_job(job=job, actor=bench.person)
    job = bench.tick(job)
    assert job.cooling_since is not None
    assert "continue" not in actions_of(bench)


def test_half_an_hour_of_critical_heat_ends_unknown_and_stops_the_run(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    for _ in range(31):
        read(bench, 57)
        job = bench.tick(job, after_s=0)
    assert job.state == JobState.UNKNOWN
    assert "55 °C or more for 30 minutes" in job.error_text
    assert "says nothing against it" in job.error_text
    assert actions_of(bench)[-1] == "terminate"
    assert bench.stage(job).state == StageState.UNKNOWN


def test_warm_but_not_critical_it_waits_as_long_as_it_takes(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    for _ in range(40):
        read(bench, 53)
        job = bench.tick(job, after_s=0)
    assert (job.state, job.heat_pauses) == (JobState.RUNNING, 1)


def test_a_paused_drive_that_tells_no_temperature_any_more_ends_unknown(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    bench.tick(job)
    for _ in range(29):
        read(bench, None)
        assert bench.tick(job, after_s=0).state == JobState.RUNNING
    read(bench, None)
    job = bench.tick(job, after_s=0)
    assert job.state == JobState.UNKNOWN
    assert "not the drive's fault" in job.error_text


def test_a_host_that_was_away_meanwhile_does_not_end_it(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    bench.tick(job)
    read(bench, 44, after_s=5 * 3600)
    job = bench.tick(job)
    assert (job.state, job.cooling_since) == (JobState.RUNNING, None)


def test_a_worker_that_dies_before_the_signal_leaves_it_to_the_next(
    bench: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    signal = bench.door.signal
    monkeypatch.setattr(bench.door, "signal", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        bench.tick(job)
    monkeypatch.setattr(bench.door, "signal", signal)
    job = bench.tick(job)
    assert (actions_of(bench), job.heat_pauses) == (["pause"], 1)


def test_a_host_that_is_away_is_told_later(bench: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    signal = bench.door.signal
    monkeypatch.setattr(bench.door, "signal", failing(HostUnreachable("nas-1 does not answer.")))
    assert bench.tick(job).waiting_reason == "nas-1 does not answer."
    monkeypatch.setattr(bench.door, "signal", signal)
    bench.tick(job)
    assert actions_of(bench) == ["pause"]


def test_a_run_that_just_ended_waits_for_the_cold_before_the_next_begins(
    bench: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    bench.end_pattern("0xaa")
    read(bench, 53)
    signal = bench.door.signal
    monkeypatch.setattr(bench.door, "signal", failing(HostSaidNo("It is not running.", code="not_running")))
    job = bench.tick(job)
    assert (job.state, len(bench.door.launched)) == (JobState.RUNNING, 1)
    monkeypatch.setattr(bench.door, "signal", signal)
    read(bench, 40)
    bench.tick(job)
    assert len(bench.door.launched) == 2


def test_cancelling_works_while_it_cools(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    job = bench.tick(job)
    services.cancel_job(job=job, actor=bench.person)
    job = bench.tick(job)
    assert (job.state, job.cooling_since, actions_of(bench)[-1]) == (JobState.CANCELLED, None, "terminate")


def test_a_wake_up_that_was_lost_is_repeated_until_the_run_rests(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    read(bench, 53)
    for _ in range(2):
        woken.clear()
        due.wake_due_jobs(bench.now)
        assert woken == [job.pk]
    assert bench.tick(job).due_at is None
    woken.clear()
    due.wake_due_jobs(bench.now)
    assert woken == []


def test_a_self_test_runs_inside_the_drive_and_is_not_paused(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start_plan(make_plan(run_long=False, run_surface=False)))
    woken.clear()
    read(bench, 54)
    assert woken == []
    assert bench.tick(job).cooling_since is None
    assert actions_of(bench) == []


def test_only_running_burn_ins_are_measured_and_only_by_their_own_serial(bench: Bench, woken: list[int]) -> None:
    job = bench.start()
    read(bench, 40)
    bench.tick(job)
    read(bench, 41, serial="ZA2")
    read(bench, 255)
    read(bench, None)
    two = [replace(DISK, temperature_c=41), replace(DISK, temperature_c=42)]
    thermometer.note(host_id=bench.drive.host_id, disks=two, now=bench.now)
    assert not TemperatureSample.objects.exists()
    read(bench, 43)
    assert TemperatureSample.objects.get().celsius == 43


def test_hours_of_readings_are_thinned_out_and_the_hottest_stay(bench: Bench, woken: list[int]) -> None:
    job = bench.tick(bench.start())
    for minute in range(6 * 60):
        read(bench, 49 if minute == 133 else 40)
    rows = TemperatureSample.objects.filter(job=job)
    assert 120 + 4 * 6 <= rows.count() <= 140 + 4 * 6
    seen = thermometer.exposure(job, 55)
    assert seen is not None
    assert (seen.highest, seen.lowest) == (49, 40)
