"""Going on with a burn-in on another host, into which its drive was put. Offered, never done by itself."""

from typing import ClassVar

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from drives.models import Drive
from jobs import dispatch, holders, refusals, store
from jobs.models import BurninJob, JobState


class CannotMove(BurninError):
    """The burn-in cannot go on there; the sentence says why."""

    code: ClassVar[str] = "cannot_move"


def places_for(job: BurninJob) -> list[Drive]:
    """Return where else the drive of a burn-in was found: same serial number, WWN and size, on an armed host.

    Nothing while its own host still shows it: a drive with two ports must not be written to from both sides.
    """
    if job.state != JobState.RUNNING or not _is_away(job):
        return []
    same = Drive.objects.filter(serial=job.serial, wwn=job.wwn, size_bytes=job.size_bytes, present=True)
    there = same.filter(host__armed=True, host__simulated=job.simulated).exclude(host=job.drive.host)
    return [drive for drive in there.select_related("host").order_by("host__name") if not _refusal(job, drive)]


def move_job(*, job: BurninJob, drive_id: int, actor: User, confirm_serial: str = "") -> None:
    """Go on with a burn-in on the host where its drive is now. Raises CannotMove.

    The serial number is typed by who has taken the drive out: one with two ports, or in a shelf that two hosts share,
    may be written to by a first host that is silent, or that for once has not listed it.
    """
    places = {drive.pk: drive for drive in places_for(job)}
    drive = places.get(drive_id)
    if drive is None:
        raise CannotMove(_why_not(job, drive_id))
    old = job.drive.host.name
    if confirm_serial.strip() != job.serial:
        raise CannotMove(
            f"{old} may still write to {job.serial}. Take the drive out of it or switch it off, then type {job.serial} "
            f"to go on in {drive.host.name}."
        )
    try:
        with transaction.atomic():
            _put(job, drive)
            audit.record(
                action=actions.JOB_MOVED,
                actor=actor,
                host_name=drive.host.name,
                drive_id=drive.pk,
                drive_serial=job.serial,
                job_id=job.pk,
                note=f"From {old} to {drive.host.name}.",
                data={"from": old, "wwn": job.wwn, "size_bytes": job.size_bytes},
            )
            dispatch.wake(job.pk)
    except IntegrityError as error:  # another request was faster; the database holds the rule
        raise CannotMove(_refusal(job, drive) or holders.just_taken(job.serial)) from error
    job.refresh_from_db()


def _put(job: BurninJob, drive: Drive) -> None:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    moved = BurninJob.objects.filter(free, pk=job.pk, state=JobState.RUNNING, drive_id=job.drive_id).update(
        drive=drive, waiting_since=None, waiting_reason="", due_at=None, woken_at=None
    )
    if not moved:
        raise CannotMove(f"Burn-in {job.pk} is being worked on at this moment. Try again in a minute.")
    store.touch(job)  # the row on the board of the host it leaves
    job.drive = drive
    store.touch(job)


def _is_away(job: BurninJob) -> bool:
    """Return whether the drive is not to be seen on its host: taken out, or the host itself does not answer."""
    return not job.drive.present or (job.waiting_since is not None and not job.drive.host.reachable)


def _refusal(job: BurninJob, drive: Drive) -> str:
    writes = any(stage.destructive for stage in job.stages.all())
    return refusals.refusal_now(job, drive, destructive=writes)


def _why_not(job: BurninJob, drive_id: int) -> str:
    if job.state != JobState.RUNNING:
        return f"Burn-in {job.pk} of {job.serial} is {job.get_state_display().lower()}; only a running one can move."
    if not _is_away(job):
        return f"{job.serial} is still in {job.drive.host.name}. Take it out there first."
    drive = Drive.objects.select_related("host").filter(pk=drive_id).first()
    if drive is None:
        return f"There is no drive {drive_id}."
    if (drive.serial, drive.wwn, drive.size_bytes) != (job.serial, job.wwn, job.size_bytes):
        return f"{drive.serial} in {drive.host.name} is not the drive of burn-in {job.pk}, which is {job.serial}."
    if not drive.host.armed:
        return f"{drive.host.name} is disarmed: an admin must arm it before anything is erased on it."
    return _refusal(job, drive) or f"{job.serial} cannot go on in {drive.host.name}."
