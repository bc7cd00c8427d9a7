"""Hosts leave the old working folder when nothing runs in it; one that is not ours alone ends burn-ins unknown."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from audit import actions
from audit.models import AuditEvent
from drives import services as drives
from drives.hosts.errors import HostUnreachable, UnsafeFolder
from drives.hosts.ports import InventoryReport
from drives.models import Host
from drives.models.host import BASE_DIR, OLD_BASE_DIR
from drives.services.host_values import InvalidHost
from jobs import dispatch, host_leases, observer, pausing
from jobs.host_memory import HostMemory
from jobs.models import BurninJob, JobState
from jobs.tests.bench import Bench, make_drive
from jobs.tests.test_engine import failing
from jobs.tests.test_observer import POLL

SPOILED = (
    f"On nas-1: {OLD_BASE_DIR} belongs to another user (number 1001), so nothing there is used. Remove it, or "
    "choose another working folder."
)


@pytest.fixture
def old(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench whose host works where version 0.2 did, and an observer that sees it through the same door."""
    monkeypatch.setattr(observer, "open_program", lambda _host: bench.door)
    monkeypatch.setattr(drives, "read_inventory", lambda **_: InventoryReport(disks=()))
    monkeypatch.setattr(drives, "store_inventory", lambda **_: [])
    Host.objects.update(base_dir=OLD_BASE_DIR)
    return bench


def look_at_disks(bench: Bench) -> str:
    """Let the observer look at the disks; where the host works afterwards."""
    leases = host_leases.claim_free("scheduler-1", bench.now)
    lease = next(lease for lease in leases if lease.host_id == bench.drive.host_id)
    observer.observe_disks(lease, HostMemory(), poll_every=POLL, now=bench.now)
    host_leases.release(lease)
    return Host.objects.get(name="nas-1").base_dir


def test_a_host_on_which_nothing_runs_moves_and_that_is_audited(old: Bench) -> None:
    assert look_at_disks(old) == BASE_DIR
    event = AuditEvent.objects.get(event_type=actions.HOST_CHANGED)
    assert event.data == {"base_dir": {"from": OLD_BASE_DIR, "to": BASE_DIR}}


def test_a_host_stays_while_a_burn_in_runs_and_moves_after_its_verdict(old: Bench) -> None:
    job = old.tick(old.start())
    assert look_at_disks(old) == OLD_BASE_DIR
    assert old.finish_surface(job).state == JobState.PASSED
    assert look_at_disks(old) == BASE_DIR


def test_a_paused_burn_in_keeps_its_folder(old: Bench, bob: User) -> None:
    pausing.pause_job(job=old.tick(old.start()), actor=bob)
    assert look_at_disks(old) == OLD_BASE_DIR


def test_a_burn_in_that_waits_for_its_slot_has_nothing_in_the_old_folder(old: Bench) -> None:
    job = old.start()
    assert look_at_disks(old) == BASE_DIR
    assert old.finish_surface(old.tick(job)).state == JobState.PASSED


def test_a_burn_in_of_another_host_keeps_nothing(old: Bench) -> None:
    job = old.tick(old.start())
    other = Host.objects.create(name="nas-2", ssh_host="127.0.0.1", ssh_password="x", base_dir=OLD_BASE_DIR)
    BurninJob.objects.filter(pk=job.pk).update(drive=make_drive(other, "ZA2"))
    assert look_at_disks(old) == BASE_DIR


def test_a_folder_that_somebody_chose_stays(old: Bench) -> None:
    Host.objects.update(base_dir="/srv/bench")
    assert look_at_disks(old) == "/srv/bench"


PLANS: dict[str, dict[str, Any]] = {
    "badblocks": {},
    "stamped": {"plan": "standard"},
    "a self-test": {"run_short": True},
}


@pytest.mark.parametrize("plan", PLANS)
def test_a_burn_in_whose_folder_is_not_ours_alone_ends_unknown_with_path_and_reason(
    old: Bench, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    job = old.tick(old.start(**PLANS[plan]))
    assert job.state == JobState.RUNNING
    for name in ("probe", "smart", "launch", "signal", "collect", "clean", "inventory", "hello"):
        monkeypatch.setattr(old.door, name, failing(UnsafeFolder(SPOILED)))

    job = woken_by_the_observer(old, job, monkeypatch)

    assert job.state == JobState.UNKNOWN
    assert SPOILED in job.error_text
    assert look_at_disks(old) == BASE_DIR, "the next burn-in begins in a folder of root's"


def test_a_paused_one_ends_too(old: Bench, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = old.tick(old.start())
    pausing.pause_job(job=job, actor=bob)
    for name in ("probe", "signal", "clean"):
        monkeypatch.setattr(old.door, name, failing(UnsafeFolder(SPOILED)))
    assert woken_by_the_observer(old, job, monkeypatch).state == JobState.UNKNOWN


def test_a_run_that_is_not_ours_alone_ends_its_own_burn_in_unknown(old: Bench) -> None:
    job = old.tick(old.start())
    reason = {"code": "untrusted", "message": SPOILED}
    old.door.end(state="refused", reason=reason, exit_code=None, guard_checked=None)
    job = old.tick(job)
    assert (job.state, job.error_text) == (JobState.UNKNOWN, SPOILED)


def test_a_host_that_is_away_ends_nothing(old: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = old.tick(old.start())
    monkeypatch.setattr(old.door, "probe", failing(HostUnreachable("nas-1 does not answer.")))
    assert woken_by_the_observer(old, job, monkeypatch).state == JobState.RUNNING


def woken_by_the_observer(bench: Bench, job: BurninJob, monkeypatch: pytest.MonkeyPatch) -> BurninJob:
    """Let the observer look at the runs, and give those it wakes their turn; the job then."""
    woken: list[int] = []
    monkeypatch.setattr(dispatch, "wake", woken.append)
    lease = host_leases.claim_free("scheduler-1", bench.now)[0]
    observer.observe_runs(lease, HostMemory(), now=bench.now)
    host_leases.release(lease)
    return bench.tick(job) if job.pk in woken else BurninJob.objects.get(pk=job.pk)


def test_the_folder_in_which_a_burn_in_runs_cannot_be_changed(bench: Bench, alice: User) -> None:
    job = bench.tick(bench.start())
    host = job.drive.host
    with pytest.raises(InvalidHost, match=rf"Burn-ins run in the working folder of nas-1 \({job.pk}\)") as caught:
        drives.change_host(host=host, values={"base_dir": "/root/elsewhere"}, actor=alice)
    assert "base_dir" in caught.value.detail["fields"]
    bench.finish_surface(job)
    assert (
        drives.change_host(host=host, values={"base_dir": "/root/elsewhere"}, actor=alice).base_dir == "/root/elsewhere"
    )
