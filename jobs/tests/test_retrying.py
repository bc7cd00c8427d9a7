"""A burn-in that ended without a verdict is tried again, from the stage that could not say."""

import pytest

from audit.models import AuditEvent
from drives.models import Drive, Host
from jobs import retrying
from jobs.models import BurninJob, JobState, StageState
from jobs.tests.bench import Bench

HALF = {"phase": "verify", "pattern": "0xaa", "percent": 50.0, "position": 32 * 2**20, "errors": [0, 0, 0]}
SAME = {"complete": True, "checked": 64, "unreadable": [], "mismatches": []}


@pytest.fixture
def ended(bench: Bench) -> BurninJob:
    """Return a burn-in that a limit of ours stopped in the middle of its first pattern."""
    job = bench.tick(bench.start())
    bench.door.runs[bench.door.launched[-1]["run_id"]]["progress"] = HALF
    job = bench.tick(job)
    BurninJob.objects.filter(pk=job.pk).update(stop_reason="Surface stood still.")
    job = bench.tick(job)
    assert job.state == JobState.UNKNOWN
    return job


def test_it_goes_on_where_it_ended_and_can_still_pass(bench: Bench, ended: BurninJob) -> None:
    retrying.retry_job(job=ended, actor=bench.person)
    assert ended.state == JobState.QUEUED
    job = bench.tick(ended)
    assert job.state == JobState.RUNNING
    stage = bench.stage(job)
    assert (stage.attempt, stage.state) == (2, StageState.RUNNING)
    assert bench.stage(job, "precheck").attempt == 1
    assert bench.door.launched[-1]["engine"]["name"] == "sample"
    bench.door.end(result=SAME)
    bench.tick(job)
    assert "-wsv" not in bench.door.launched[-1]["argv"]
    assert AuditEvent.objects.filter(job_id=job.pk, event_type="job.retried").count() == 1


@pytest.mark.parametrize("state", ["running", "passed", "failed", "cancelled"])
def test_only_what_ended_unknown_can_be_tried_again(bench: Bench, ended: BurninJob, state: str) -> None:
    BurninJob.objects.filter(pk=ended.pk).update(state=state)
    ended.refresh_from_db()
    with pytest.raises(retrying.CannotRetry, match="only one that ended unknown"):
        retrying.retry_job(job=ended, actor=bench.person)


def test_not_after_a_later_burn_in_of_the_same_drive(bench: Bench, ended: BurninJob) -> None:
    bench.start()
    with pytest.raises(retrying.CannotRetry, match="came after this one"):
        retrying.retry_job(job=ended, actor=bench.person)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"in_use": [{"code": "mounted", "message": "sdb is mounted at /tank."}]}, "sdb is mounted at /tank."),
        ({"present": False}, "is not in nas-1"),
        ({"size_bytes": 5}, "no longer the drive that was confirmed"),
    ],
)
def test_the_drive_must_still_be_free(bench: Bench, ended: BurninJob, change: dict[str, object], why: str) -> None:
    Drive.objects.filter(pk=bench.drive.pk).update(**change)
    ended.drive.refresh_from_db()
    with pytest.raises(retrying.CannotRetry, match=why):
        retrying.retry_job(job=ended, actor=bench.person)


def test_the_host_must_still_be_armed(bench: Bench, ended: BurninJob) -> None:
    Host.objects.update(armed=False)
    job = BurninJob.objects.get(pk=ended.pk)
    with pytest.raises(retrying.CannotRetry, match="disarmed"):
        retrying.retry_job(job=job, actor=bench.person)
    job.refresh_from_db()
    assert job.state == JobState.UNKNOWN
