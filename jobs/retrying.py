"""Trying a burn-in again that ended without a verdict, from the stage that could not say."""

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from jobs import dispatch, holders, overrides, refusals, store, wipe_tokens
from jobs.identity import identity_of
from jobs.models import BurninJob, BurninStage, JobState, Override, StageState, WipeToken
from jobs.plans import Plan
from jobs.stages import StageDefinitionError, get_stage
from jobs.transitions import check_job_move, check_stage_move

FRESH_JOB: dict[str, Any] = {
    "state": JobState.QUEUED,
    "error_text": "",
    "verdict": {},
    "finished_at": None,
    "stop_reason": "",
    "cancel_requested_at": None,  # it ended unknown before it could be cancelled
    "cancelled_by": "",
    "waiting_since": None,
    "waiting_reason": "",
    "due_at": None,
    "woken_at": None,
    "crashes": 0,
    "paused_at": None,
    "paused_by": "",
    "held_run": "",
}


OLD = "It was confirmed more than ten minutes ago that {serial} may be erased."


class CannotRetry(BurninError):
    """The burn-in cannot be tried again; the sentence says why."""

    code: ClassVar[str] = "cannot_retry"


class NotConfirmedAgain(CannotRetry):
    """It may be tried again once it is confirmed again. `code` is that of a start without its confirmation."""

    def __init__(self, code: str, message: str, *, wrong: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]
        self.wrong = wrong  # for somebody who has read why it is asked for, and what is to be typed


def retry_job(*, job: BurninJob, actor: User, confirm_serial: str = "", token: str = "") -> None:
    """Queue a burn-in again that ended unknown. What passed is kept; the surface goes on at its checkpoint if it can.

    One that erases, and was confirmed more than ten minutes ago, needs a confirmation of its own, as a start does: the
    serial number typed, or a token of `jobs.confirmations`. Raises CannotRetry, NotConfirmedAgain.
    """
    refusal = refusal_for(job)
    if refusal:
        raise CannotRetry(refusal)
    secret = _confirmed_again(job, actor, confirm_serial, token)
    try:
        with transaction.atomic():
            _queue_again(job)
            if secret:
                wipe_tokens.renew(secret=secret, job=job, plan=plan_of(job), user=actor, now=timezone.now())
            store.touch(job)
            audit.record(
                action=actions.JOB_RETRIED,
                actor=actor,
                host_name=job.drive.host.name,
                drive_id=job.drive_id,
                drive_serial=job.serial,
                job_id=job.pk,
                note=job.error_text,
                data={"confirmed_again": bool(secret)},
            )
            dispatch.wake(job.pk)
    except IntegrityError as error:  # another request was faster; the database holds the rule
        raise CannotRetry(refusal_for(job) or holders.just_taken(job.serial)) from error
    job.refresh_from_db()


def plan_of(job: BurninJob) -> Plan:
    """Return the plan of a burn-in as it was frozen."""
    stages = job.stages.order_by("position").values_list("stage_name", flat=True)
    return Plan(job.profile, tuple(stages), job.plan)


def needs_confirmation(job: BurninJob) -> bool:
    """Say whether this burn-in is only tried again when somebody confirms once more that its drive may be erased."""
    return job.stages.filter(destructive=True).exists() and wipe_tokens.is_old(job, now=timezone.now())


def surface_goes_on(job: BurninJob) -> bool:
    """Say whether another attempt takes up a surface test that had begun, and not one that is still to come or done."""
    begun = job.stages.filter(destructive=True, bytes_done__gt=0).exclude(state=StageState.PASSED)
    return any(_resumes(stage) for stage in begun)


def _confirmed_again(job: BurninJob, actor: User, typed: str, token: str) -> str:
    """Return the secret of the new confirmation; "" when none is needed and none was given."""
    needed = needs_confirmation(job)
    if not (needed or typed or token):
        return ""
    key = str(job.drive_id)
    start = refusals.Start(plan_of(job), actor, {key: typed}, {key: token}, timezone.now())
    consent = refusals.consent_of(job.drive, start, None)
    if isinstance(consent, refusals.Refusal):
        why = OLD.format(serial=job.serial) + " " if consent.code == "not_confirmed" else ""
        wrong = consent.message.removesuffix(refusals.HARD_TO_MISS).rstrip()
        raise NotConfirmedAgain(consent.code, why + consent.message, wrong=wrong)
    return consent.secret if needed else ""


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
    _forget_old_overrides(job)
    for stage in job.stages.exclude(state__in=[StageState.PASSED, StageState.PENDING]):
        check_stage_move(stage.state, StageState.PENDING)
        _renew(stage)


def _forget_old_overrides(job: BurninJob) -> None:
    """What lay on the drive then may be gone; what lies there now nobody has looked at. The host refuses it."""
    oldest = timezone.now() - overrides.LIFE
    confirmed = WipeToken.objects.filter(job=job)
    if not Override.objects.filter(job=job, used_at__gte=oldest).exists():  # a renewed confirmation is younger than it
        confirmed.update(overrides=[])
    confirmed.filter(accepted_at__lt=oldest).update(overrides=[])


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
