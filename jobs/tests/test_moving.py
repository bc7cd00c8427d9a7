"""A burn-in goes on where its drive is now: offered when the drive is surely away, done only when somebody says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from drives.models import Drive, Host
from jobs import moving
from jobs.models import BurninJob, JobState
from jobs.tests.bench import Bench

HALF = {"phase": "verify", "pattern": "0xaa", "percent": 50.0, "position": 32 * 2**20, "errors": [0, 0, 0]}


@pytest.fixture
def other(bench: Bench) -> Drive:
    """Return the same drive as another armed host shows it."""
    values = {"ssh_host": "127.0.0.1", "ssh_password": "x", "armed": True}
    host = Host.objects.create(name="nas-2", **values)
    return Drive.objects.create(host=host, serial="ZA1", devname="sdf", model="TEST", size_bytes=bench.drive.size_bytes)


@pytest.fixture
def job(bench: Bench) -> BurninJob:
    """Return a burn-in in the middle of its first pattern."""
    job = bench.tick(bench.start())
    bench.door.runs[bench.door.launched[-1]["run_id"]]["progress"] = HALF
    return bench.tick(job)


def take_out(bench: Bench) -> None:
    Drive.objects.filter(pk=bench.drive.pk).update(present=False)


def fresh(job: BurninJob) -> BurninJob:
    return BurninJob.objects.select_related("drive__host").get(pk=job.pk)


def test_it_goes_on_from_its_checkpoint_on_the_other_host(bench: Bench, job: BurninJob, other: Drive) -> None:
    take_out(bench)
    job = fresh(job)
    assert moving.places_for(job) == [other]
    moving.move_job(job=job, drive_id=other.pk, actor=bench.person, confirm_serial="ZA1")
    bench.door.runs.clear()  # the other host has never heard of this run
    job = bench.tick(bench.tick(fresh(job)))
    assert (job.drive_id, job.state) == (other.pk, JobState.RUNNING)
    assert bench.door.launched[-1]["engine"]["name"] == "sample"
    assert bench.door.launched[-1]["guard"]["devname"] == "sdf"
    assert AuditEvent.objects.get(event_type="job.moved").note == "From nas-1 to nas-2."


def test_it_is_not_offered_while_its_own_host_shows_the_drive(bench: Bench, job: BurninJob, other: Drive) -> None:
    job = fresh(job)
    assert moving.places_for(job) == []
    with pytest.raises(moving.CannotMove, match="still in nas-1"):
        moving.move_job(job=job, drive_id=other.pk, actor=bench.person, confirm_serial="ZA1")


def test_it_is_offered_when_its_host_is_switched_off(bench: Bench, job: BurninJob, other: Drive) -> None:
    Host.objects.filter(name="nas-1").update(reachable=False)
    BurninJob.objects.filter(pk=job.pk).update(waiting_since=timezone.now())
    assert moving.places_for(fresh(job)) == [other]


@pytest.mark.parametrize("silent", [True, False])
def test_its_host_may_still_be_writing_so_a_person_vouches_for_the_move(
    bench: Bench,
    job: BurninJob,
    other: Drive,
    silent: bool,  # noqa: FBT001
) -> None:
    Host.objects.filter(name="nas-1").update(reachable=not silent)
    Drive.objects.filter(pk=bench.drive.pk).update(present=silent)
    BurninJob.objects.filter(pk=job.pk).update(waiting_since=timezone.now())
    for typed in ("", "ZA2"):
        with pytest.raises(moving.CannotMove, match="nas-1 may still write to ZA1.*then type ZA1 to go on in nas-2"):
            moving.move_job(job=fresh(job), drive_id=other.pk, actor=bench.person, confirm_serial=typed)
    assert fresh(job).drive_id == bench.drive.pk
    moving.move_job(job=fresh(job), drive_id=other.pk, actor=bench.person, confirm_serial=" ZA1 ")
    assert fresh(job).drive_id == other.pk


@pytest.mark.parametrize("change", [{"size_bytes": 1}, {"wwn": "0x5000c500ffffffff"}, {"serial": "ZA2"}])
def test_another_drive_is_never_offered(bench: Bench, job: BurninJob, other: Drive, change: dict[str, object]) -> None:
    take_out(bench)
    Drive.objects.filter(pk=other.pk).update(**change)
    assert moving.places_for(fresh(job)) == []
    with pytest.raises(moving.CannotMove, match="is not the drive of burn-in"):
        moving.move_job(job=fresh(job), drive_id=other.pk, actor=bench.person, confirm_serial="ZA1")


@pytest.mark.parametrize(
    ("change", "why"),
    [({"armed": False}, "disarmed"), ({"stopped": True, "error": "Its key has changed."}, "Its key has changed")],
)
def test_the_other_host_must_be_fit(
    bench: Bench, job: BurninJob, other: Drive, change: dict[str, object], why: str
) -> None:
    take_out(bench)
    Host.objects.filter(name="nas-2").update(**change)
    with pytest.raises(moving.CannotMove, match=why):
        moving.move_job(job=fresh(job), drive_id=other.pk, actor=bench.person, confirm_serial="ZA1")


def test_it_does_not_move_under_a_worker(bench: Bench, job: BurninJob, other: Drive) -> None:
    take_out(bench)
    BurninJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() + timedelta(seconds=40))
    with pytest.raises(moving.CannotMove, match="worked on at this moment"):
        moving.move_job(job=fresh(job), drive_id=other.pk, actor=bench.person, confirm_serial="ZA1")
