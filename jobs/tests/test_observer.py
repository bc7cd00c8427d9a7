"""The observer writes down what a host says of its runs, and wakes a worker where a decision is due."""

from datetime import timedelta
from typing import Any

import pytest

from drives import services as drives
from drives.hosts.errors import HostKeyChanged, HostUnreachable
from drives.hosts.ports import InventoryReport
from drives.models import Drive, Host
from jobs import dispatch, host_leases, leases, observer
from jobs.host_leases import HostLease
from jobs.host_memory import HostMemory
from jobs.models import BurninJob
from jobs.tests.bench import Bench
from jobs.tests.test_engine import failing

POLL = timedelta(seconds=12)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the jobs that were woken."""
    jobs: list[int] = []
    monkeypatch.setattr(dispatch, "wake", jobs.append)
    return jobs


@pytest.fixture
def watched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench whose host the observer sees through the same door."""
    monkeypatch.setattr(observer, "open_program", lambda _host: bench.door)
    monkeypatch.setattr(drives, "read_inventory", lambda **_: InventoryReport(disks=()))
    monkeypatch.setattr(drives, "store_inventory", lambda **_: [])
    return bench


def lease_of(bench: Bench) -> HostLease:
    return host_leases.claim_free("scheduler-1", bench.now)[0]


def look(bench: Bench, lease: HostLease, memory: HostMemory | None = None) -> None:
    seen = memory or HostMemory()
    observer.observe_runs(lease, seen, now=bench.now)
    observer.observe_disks(lease, seen, poll_every=POLL, now=bench.now)


def progress(bench: Bench, **values: Any) -> None:
    run = bench.door.runs[bench.door.launched[-1]["run_id"]]
    run["progress"] = {"phase": "write", "pattern": "0xaa", "percent": 50.0, "position": None, **values}


def test_it_writes_progress_rate_and_expected_end(watched: Bench, woken: list[int]) -> None:
    job = watched.tick(watched.start())
    lease, memory = lease_of(watched), HostMemory()
    progress(watched, percent=10.0)
    look(watched, lease, memory)
    version = Drive.objects.get(pk=watched.drive.pk).live_version
    woken.clear()
    watched.now += timedelta(seconds=2)
    progress(watched, percent=50.0)
    look(watched, lease, memory)
    stage = watched.stage(job)
    assert stage.message == "write 0xaa"
    assert stage.bytes_done == watched.drive.size_bytes // 2
    assert stage.rate_bps == pytest.approx(0.4 * watched.drive.size_bytes / 2, rel=0.01)
    assert stage.eta_at is not None
    assert stage.eta_at > watched.now
    assert Drive.objects.get(pk=watched.drive.pk).live_version > version
    assert woken == []


def test_it_wakes_a_worker_when_a_run_has_ended(watched: Bench, woken: list[int]) -> None:
    job = watched.tick(watched.start())
    woken.clear()
    watched.end_pattern("0xaa")
    look(watched, lease_of(watched))
    assert woken == [job.pk]


def test_it_writes_nothing_once_another_scheduler_owns_the_host(watched: Bench, woken: list[int]) -> None:
    job = watched.tick(watched.start())
    lease = lease_of(watched)
    watched.now += timedelta(seconds=11)
    host_leases.claim_free("scheduler-2", watched.now)
    progress(watched)
    look(watched, lease)
    assert watched.stage(job).bytes_done == 0


def test_it_says_since_when_a_host_is_away(watched: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    job = watched.tick(watched.start())
    monkeypatch.setattr(watched.door, "probe", failing(HostUnreachable("nas-1 does not answer.")))
    observer.observe_runs(lease_of(watched), HostMemory(), now=watched.now)
    job.refresh_from_db()
    host = Host.objects.get()
    assert (job.waiting_since, job.waiting_reason) == (watched.now, "nas-1 does not answer.")
    assert (host.reachable, host.waiting_since) == (False, watched.now)


def test_it_says_that_a_host_was_stopped_also_where_it_was_away_before(
    watched: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = watched.tick(watched.start())
    lease, since = lease_of(watched), watched.now
    for error in (HostUnreachable("The connection was lost."), HostKeyChanged("The host shows another key.")):
        monkeypatch.setattr(watched.door, "probe", failing(error))
        observer.observe_runs(lease, HostMemory(), now=watched.now)
        watched.now += timedelta(seconds=2)
    job.refresh_from_db()
    assert (job.waiting_since, job.waiting_reason) == (since, "The host shows another key.")


def test_it_sends_nothing_to_a_stopped_host(watched: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    watched.tick(watched.start())
    Host.objects.update(stopped=True)
    monkeypatch.setattr(watched.door, "probe", failing(AssertionError("something was sent")))
    look(watched, lease_of(watched))


def test_it_wakes_nobody_while_a_worker_is_at_the_job(watched: Bench, woken: list[int]) -> None:
    job = watched.tick(watched.start())
    woken.clear()
    watched.end_pattern("0xaa")
    assert leases.take(job.pk, watched.now)
    lease, memory = lease_of(watched), HostMemory()
    look(watched, lease, memory)
    assert (woken, memory.looked_at) == ([], {})  # it looks again at once
    watched.now += leases.LEASE + timedelta(seconds=1)  # it died
    look(watched, host_leases.claim_free("scheduler-2", watched.now)[0], memory)
    assert woken == [job.pk]


def taken_further(watched: Bench, job: BurninJob, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a worker take the stage further while the host is being looked at."""
    probe = watched.door.probe

    def probe_slowly(**words: Any) -> dict[str, Any]:
        seen = probe(**words)
        BurninJob.objects.get(pk=job.pk).stages.filter(stage_name="surface_validate").update(
            advanced_at=watched.now + timedelta(seconds=1), message="newer"
        )
        return seen

    monkeypatch.setattr(watched.door, "probe", probe_slowly)


def test_the_end_of_a_run_that_a_worker_has_dealt_with_wakes_nobody(
    watched: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = watched.tick(watched.start())
    woken.clear()
    watched.end_pattern("0xaa")
    taken_further(watched, job, monkeypatch)
    look(watched, lease_of(watched))
    assert woken == []


def test_progress_of_a_stage_that_a_worker_has_taken_further_is_dropped(
    watched: Bench, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = watched.tick(watched.start())
    progress(watched)
    taken_further(watched, job, monkeypatch)
    look(watched, lease_of(watched))
    assert watched.stage(job).message == "newer"
