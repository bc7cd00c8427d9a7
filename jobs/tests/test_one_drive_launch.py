"""Right before a launch a worker looks again whether its burn-in still has the drive: it may have slept meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from drives.models import Host
from jobs import contexts, engine, leases
from jobs.models import BurninJob, BurninStage
from jobs.tests.bench import SIZE, Bench, make_drive
from jobs.tests.one_drive import WWN, second_row, try_start

Slept = Callable[..., BurninJob]


@pytest.fixture
def slept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Slept:
    """Return a function that changes a job's row after a worker has read it, right before its surface is launched."""
    build = contexts.build

    def start(**change: Any) -> BurninJob:
        def changed(job: BurninJob, stage: BurninStage, *rest: Any) -> Any:
            made = build(job, stage, *rest)
            if stage.stage_name == "surface_validate":
                BurninJob.objects.filter(pk=job.pk).update(**change)
            return made

        job = bench.start()
        monkeypatch.setattr(contexts, "build", changed)
        return bench.tick(job)

    return start


def test_a_worker_that_slept_launches_nothing_for_a_job_that_another_has(bench: Bench, slept: Slept) -> None:
    slept(lease_token="another-worker")
    assert bench.door.launched == []


def test_a_worker_that_slept_launches_nothing_where_its_job_no_longer_is(bench: Bench, slept: Slept) -> None:
    host = Host.objects.create(name="shelf-b", ssh_host="h", ssh_password="x", armed=True)
    slept(drive=make_drive(host, "ZA1"))
    assert bench.door.launched == []


@pytest.mark.parametrize("state", ["cancelled", "unknown", "passed", "failed"])
def test_a_worker_that_slept_launches_nothing_for_a_job_that_is_over(bench: Bench, slept: Slept, state: str) -> None:
    slept(state=state)
    assert bench.door.launched == []


def test_a_job_that_has_lost_its_drive_launches_nothing(bench: Bench, slept: Slept) -> None:
    job = slept(identity="", stop_reason="Another one has it.")
    assert (job.state, bench.door.launched) == ("unknown", [])


def test_a_second_serial_number_of_one_wwn_is_found_at_the_launch_too(bench: Bench) -> None:
    other = second_row(bench, "a shortened serial number under the same WWN")
    job = try_start(bench, bench.drive).jobs[0]
    BurninJob.objects.create(drive=other, profile="full", serial="ZA", wwn=WWN, size_bytes=SIZE)
    bench.door.disks[0].update(serial="ZA-100", wwn=WWN)
    job = bench.tick(job)
    assert (job.state, bench.door.launched) == ("unknown", [])
    assert "on shelf-b (seen there as sdc with the serial number ZA and the same WWN)" in job.error_text


def test_it_waits_with_its_launch_while_a_second_one_of_an_old_version_is_ended(bench: Bench) -> None:
    other = second_row(bench, "no WWN there")
    job = try_start(bench, bench.drive).jobs[0]
    old = BurninJob.objects.create(drive=other, profile="full", serial="ZA-100", size_bytes=SIZE, state="unknown")
    BurninJob.objects.filter(pk=old.pk).update(state="running", identity="", stop_reason="One drive, one burn-in.")
    bench.door.disks[0].update(serial="ZA-100", wwn=WWN)
    job = bench.tick(job)
    assert (job.state, bench.door.launched) == ("running", [])
    assert f"burn-in {old.pk} on shelf-b" in job.waiting_reason
    engine.tick(job_id=old.pk, clock=lambda: bench.now)
    old.refresh_from_db()
    assert old.state == "unknown"
    job = bench.tick(job, after_s=60)
    assert len(bench.door.launched) == 1


def test_a_lease_that_ran_out_is_no_permission_to_launch(bench: Bench) -> None:
    job = bench.start()
    first = leases.take(job.pk, bench.now)
    assert first
    second = leases.take(job.pk, bench.now + leases.LEASE * 2)
    assert second
    with pytest.raises(leases.LeaseLost):
        leases.confirm(job.pk, first)
