"""Trying a burn-in again that ended without a verdict, from the stage that could not say."""

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from jobs import dispatch, holders, overrides, refusals, store
from jobs.identity import identity_of
from jobs.models import BurninJob, BurninStage, JobState, StageState, WipeToken
from jobs.stages import StageDefinitionError, get_stage
from jobs.transitions import check_job_move, check_stage_move

FRESH_JOB: dict[str, Any] = {
    "state": JobState.QUEUED,
    "error_text": "",
    "verdict": {},
    "finished_at": None,
    "stop_reason": "",
    "waiting_since": None,
    "waiting_reason": "",
    "due_at": None,
    "woken_at": None,
    "crashes": 0,
    "paused_at": None,
    "paused_by": "",
    "held_run": "",
}


class CannotRetry(BurninError):
    """The burn-in cannot be tried again; the sentence says why."""

    code: ClassVar[str] = "cannot_retry"


def retry_job(*, job: BurninJob, actor: User) -> None:
    """Queue a burn-in again that ended unknown. What passed is kept; the surface goes on at its checkpoint if it can.

    Raises CannotRetry.
    """
    refusal = refusal_for(job)
    if refusal:
        raise CannotRetry(refusal)
    try:
        with transaction.atomic():
            _queue_again(job)
            store.touch(job)
            audit.record(
                action=actions.JOB_RETRIED,
                actor=actor,
                host_name=job.drive.host.name,
                drive_id=job.drive_id,
                drive_serial=job.serial,
                job_id=job.pk,
                note=job.error_text,
            )
            dispatch.wake(job.pk)
    except IntegrityError as error:  # another request was faster; the database holds the rule
        raise CannotRetry(refusal_for(job) or holders.just_taken(job.serial)) from error
    job.refresh_from_db()


def refusal_for(job: BurninJob) -> str:
    """Return why a burn-in cannot be tried again, as a sentence; empty when it can."""
    if job.state != JobState.UNKNOWN:
        state = job.get_state_display().lower()
        return f"Burn-in {job.pk} of {job.serial} is {state}; only one that ended unknown can be tried again."
    later = _later(job)
    if later:
        return later
    drive = job.drive
    if (drive.wwn, drive.size_bytes) != (job.wwn, job.size_bytes):
        return f"{job.serial} is no longer the drive that was confirmed: its WWN or its size is another."
    writes = any(stage.destructive for stage in job.stages.all())
    return refusals.refusal_now(job, drive, destructive=writes)


def _later(job: BurninJob) -> str:
    """Return which burn-in of the same physical drive came after this one, as a sentence."""
    same = holders.same_drive(identity_of(job.serial), job.serial, job.wwn, job.size_bytes)
    later = BurninJob.objects.filter(same, pk__gt=job.pk).select_related("drive__host").first()
    if later is None:
        return ""
    if later.is_active:
        said = holders.sentence(job.serial, job.drive_id, later)
        return f"{said} It came after this one, which cannot go on any more."
    return f"Burn-in {later.pk} of {job.serial} came after this one. Start a new one instead."


def _queue_again(job: BurninJob) -> None:
    check_job_move(job.state, JobState.QUEUED)
    ended = BurninJob.objects.filter(pk=job.pk, state=JobState.UNKNOWN)
    if not ended.update(**FRESH_JOB, identity=identity_of(job.serial)):
        raise CannotRetry(f"Burn-in {job.pk} of {job.serial} has just been tried again by somebody else.")
    # What lay on the drive then may be gone; what lies there now nobody has looked at. The host refuses it.
    WipeToken.objects.filter(job=job, accepted_at__lt=timezone.now() - overrides.LIFE).update(overrides=[])
    for stage in job.stages.exclude(state__in=[StageState.PASSED, StageState.PENDING]):
        check_stage_move(stage.state, StageState.PENDING)
        _renew(stage)


def _renew(stage: BurninStage) -> None:
    stage.state, stage.finished_at, stage.error_text, stage.message = StageState.PENDING, None, "", ""
    if not _resumes(stage):
        stage.data, stage.percent, stage.bytes_done, stage.findings = {}, 0, 0, []
    stage.save()


def _resumes(stage: BurninStage) -> bool:
    try:
        return get_stage(stage.stage_name).resumes
    except StageDefinitionError:
        return False
