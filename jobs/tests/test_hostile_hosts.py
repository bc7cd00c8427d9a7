"""One host's nonsense neither hides what the others say nor takes the workers from them."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from drives.hosts import pool
from drives.hosts.edge.misfit import AnswerUnfit
from drives.models import Host
from drives.tests.hostile_rest import HostileRest
from jobs import dispatch, due, host_leases, observer, scheduler, webhook
from jobs.host_leases import HostLease
from jobs.host_memory import HostMemory
from jobs.models import BurninStage, JobState
from jobs.tests.bench import HEALTHY, Bench, make_drive


@pytest.fixture
def watched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench whose host the observer sees, and nobody is woken."""
    monkeypatch.setattr(observer, "open_program", lambda _host: bench.door)
    monkeypatch.setattr(dispatch, "wake", lambda _job_id: None)
    return bench


def test_nonsense_about_one_run_does_not_hide_the_others(watched: Bench) -> None:
    first = watched.tick(watched.start())
    other = replace(watched, drive=make_drive(Host.objects.get(), "ZA2", "sdc"))
    watched.door.disks.append({**watched.door.disks[0], "serial": "ZA2", "devname": "sdc"})
    second = watched.tick(other.start())
    progress = {"phase": "write", "pattern": "0xaa", "percent": 40.0, "position": None}
    odd, good = (watched.door.runs[launch["run_id"]] for launch in watched.door.launched[-2:])
    odd["progress"], good["progress"] = {**progress, "percent": "many"}, progress
    observer.observe_runs(host_leases.claim_free("scheduler-1", watched.now)[0], HostMemory(), now=watched.now)
    shown = BurninStage.objects.get(job=second, stage_name="surface_validate")
    assert shown.message == "write 0xaa"
    first.refresh_from_db()
    assert "nas-1" in first.waiting_reason
    assert "ZA1 cannot be understood" in Host.objects.get().error


def test_a_host_that_talks_nonsense_is_asked_less_and_less_often(
    watched: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.tick(watched.start())
    asked = []

    def unfit(**_: object) -> None:
        asked.append(watched.now)
        raise AnswerUnfit("nas-1 gave an answer that does not fit.")

    monkeypatch.setattr(watched.door, "probe", unfit)
    lease, memory = host_leases.claim_free("scheduler-1", watched.now)[0], HostMemory()
    for _ in range(120):
        observer.observe_runs(lease, memory, now=watched.now)
        host_leases.renew(lease, watched.now)
        watched.now += timedelta(seconds=1)
    gaps = [(later - earlier).total_seconds() for earlier, later in zip(asked, asked[1:], strict=False)]
    assert gaps == [5, 10, 20, 40]


def test_reports_of_drives_are_asked_for_a_few_at_a_time(watched: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host.objects.get()
    host.max_parallel = 30
    host.save()
    watched.door.smart_answers = [HEALTHY]
    for number in range(20):
        drive = make_drive(host, f"ZB{number}", f"sd{number}")
        watched.door.disks.append({**watched.door.disks[0], "serial": drive.serial, "devname": drive.devname})
        job = replace(watched, drive=drive).start(run_short=True, run_surface=False)
        BurninStage.objects.filter(job=job, stage_name="short_smart").update(state="running", data={"every": 2.0})
        job.state = JobState.RUNNING
        job.save()
    counts: list[int] = []

    def probe(**asked: Any) -> dict[str, Any]:
        counts.append(len(asked["smart"]))
        return {"runs": {}, "smart": {}}

    monkeypatch.setattr(watched.door, "probe", probe)
    lease, memory = host_leases.claim_free("scheduler-1", watched.now)[0], HostMemory()
    for _ in range(4):
        observer.observe_runs(lease, memory, now=watched.now)
    assert counts == [8, 8, 4]


def test_hosts_that_do_not_answer_get_half_of_the_workers_and_one_each(
    bench: Bench, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WORKERS = 4
    silent = []
    for name in ("silent-1", "silent-2", "silent-3"):
        host = Host.objects.create(name=name, ssh_host="h", ssh_password="x", armed=True, reachable=False)
        silent += [replace(bench, drive=make_drive(host, f"{name}-{number}")).start() for number in range(3)]
    good = bench.start()
    woken: list[int] = []
    monkeypatch.setattr(dispatch, "wake", woken.append)
    due.wake_due_jobs(bench.now + timedelta(minutes=1))
    assert good.pk in woken
    waiting = [job for job in silent if job.pk in woken]
    assert len(waiting) == 2
    assert len({job.drive.host_id for job in waiting}) == 2


def test_a_host_that_took_long_waits_for_a_thread_among_its_like(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = scheduler.Scheduler()
    lease, threads = HostLease(1, "scheduler-1", 1), []

    def look(_now: object) -> None:
        threads.append(threading.current_thread().name)

    for slow_s in (10.0, 0.0, 10.0):  # seconds from which on a look counts as slow
        monkeypatch.setattr(scheduler, "SLOW_LOOK_S", slow_s)
        clock._look("runs", lease, look)
        clock._looking[1, "runs"].result(timeout=5)
    assert [name.partition("_")[0] for name in threads] == ["host", "slow-host", "host"]


@pytest.mark.parametrize(
    ("deed", "taken"), [("flood", True), ("gzip-bomb", True), ("garbage", True), ("redirect", False)]
)
def test_what_a_webhook_answers_is_not_read(deed: str, taken: bool) -> None:  # noqa: FBT001
    server = HostileRest(deed)
    assert webhook.post(server.url, {"job": 1}) is taken
    server.stop()


def test_a_host_that_was_removed_leaves_no_connection_behind(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    hung_up: list[int] = []
    monkeypatch.setattr(pool, "close_host", hung_up.append)
    clock, host = scheduler.Scheduler(), Host.objects.get()
    clock._keep_leases(bench.now)
    clock._look("runs", clock._leases[host.pk], lambda _now: None)
    clock._looking[host.pk, "runs"].result(timeout=5)
    clock._keep_leases(bench.now + timedelta(seconds=2))
    assert hung_up == []
    Host.objects.filter(pk=host.pk).update(lease_owner="another scheduler")  # as good as gone
    clock._keep_leases(bench.now + timedelta(seconds=4))
    assert hung_up == [host.pk]
    assert (clock._memories, clock._looking) == ({}, {})
