"""What people can do with burn-ins: start and cancel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from drives.models import Drive
from jobs import dispatch, holders, overrides, store, wipe_tokens
from jobs.models import ACTIVE_STATES, BurninJob, BurninStage, JobState, StageState
from jobs.plan_choice import settled
from jobs.plans import Plan
from jobs.refusals import Consent, Refusal, Start, judge, taken
from jobs.stages import get_stage


class JobOver(BurninError):
    """The burn-in has already ended."""

    code: ClassVar[str] = "job_over"


@dataclass(frozen=True, slots=True)
class StartOutcome:
    """What came of a start: the new jobs, and the drives that were refused."""

    jobs: tuple[BurninJob, ...]
    refused: tuple[Refusal, ...]


def start_jobs(
    *,
    drive_ids: Sequence[int],
    plan: Plan,
    confirm: Mapping[str, str],
    actor: User,
    tokens: Mapping[str, str] | None = None,
) -> StartOutcome:
    """Queue one burn-in per drive. Each drive is judged for itself; a refused one does not hold up the others.

    `confirm` has the serial number that was typed for each drive, `tokens` what `jobs.confirmations` issued for it.
    """
    start = Start(settled(plan), actor, confirm, tokens or {}, timezone.now())
    wanted = list(dict.fromkeys(drive_ids))
    drives = Drive.objects.select_related("host").in_bulk(wanted)
    jobs: list[BurninJob] = []
    refused: list[Refusal] = []
    for drive_id in wanted:
        drive = drives.get(drive_id)
        judged = judge(drive_id, drive, start)
        made = judged if isinstance(judged, Refusal) or drive is None else _make_job(drive, start, judged)
        (jobs if isinstance(made, BurninJob) else refused).append(made)  # type: ignore[arg-type]
    return StartOutcome(tuple(jobs), tuple(refused))


def _make_job(drive: Drive, start: Start, consent: Consent) -> BurninJob | Refusal:
    try:
        with transaction.atomic():
            # No lock: who stores an inventory numbers the change first, then locks the drives. The foreign key holds.
            if not Drive.objects.filter(pk=drive.pk).exists():
                return _gone(drive)
            job = _write_job(drive, start, consent)
            _bind(job, drive, start, consent)
            return job
    except overrides.OverrideRefused as error:
        return Refusal(drive.pk, error.code, str(error))
    except IntegrityError:  # another request was faster; the database holds the rule
        if not Drive.objects.filter(pk=drive.pk).exists():
            return _gone(drive)
        refuse = taken(drive) or ("already_active", holders.just_taken(drive.serial))
        return Refusal(drive.pk, *refuse)


def _gone(drive: Drive) -> Refusal:
    return Refusal(drive.pk, "no_such_drive", f"{drive.serial} has just been removed with its host.")


def _bind(job: BurninJob, drive: Drive, start: Start, consent: Consent) -> None:
    """Bind the confirmation, and the override it needs, to the one job they are for."""
    if not start.plan.destructive:
        return
    override = consent.override
    if override is not None and not overrides.claim(override, job, now=start.now):
        raise overrides.OverrideRefused(f"The override for {drive.serial} has just expired or been used.")
    codes = override.codes if override else []
    wipe_tokens.accept(secret=consent.secret, job=job, plan=start.plan, user=start.actor, codes=codes, now=start.now)


def _write_job(drive: Drive, start: Start, consent: Consent) -> BurninJob:
    plan, actor = start.plan, start.actor
    job = BurninJob.objects.create(
        drive=drive,
        profile=plan.profile,
        plan=plan.surface,
        operator=actor,
        operator_name=actor.get_username(),
        simulated=drive.host.simulated,
        serial=drive.serial,
        wwn=drive.wwn,
        size_bytes=drive.size_bytes,
        stage_name=plan.stages[0],
    )
    BurninStage.objects.bulk_create(
        BurninStage(job=job, position=place, stage_name=name, destructive=get_stage(name).destructive)
        for place, name in enumerate(plan.stages, start=1)
    )
    store.touch(job)
    audit.record(
        action=actions.JOB_STARTED,
        actor=actor,
        host_name=drive.host.name,
        drive_id=drive.pk,
        drive_serial=drive.serial,
        job_id=job.pk,
        data={
            "profile": plan.profile,
            "plan": plan.surface,
            "stages": list(plan.stages),
            "wwn": drive.wwn,
            "size_bytes": drive.size_bytes,
            "overrides": consent.override.codes if consent.override else [],
        },
    )
    dispatch.wake(job.pk)
    return job


def cancel_job(*, job: BurninJob, actor: User) -> None:
    """Have a burn-in stopped. A queued one ends at once, a running one as soon as the host has stopped its work.

    Raises JobOver when there is nothing left to cancel.
    """
    now, name = timezone.now(), actor.get_username()
    with transaction.atomic():
        active = BurninJob.objects.filter(pk=job.pk, state__in=ACTIVE_STATES, cancel_requested_at__isnull=True)
        if not active.update(cancel_requested_at=now, cancelled_by=name):
            job.refresh_from_db()
            if job.is_active:
                return  # asked for before: cancelling twice is no error
            raise JobOver(f"Burn-in {job.pk} of {job.serial} has already ended: {job.get_state_display().lower()}.")
        _cancel_queued(job, name, now)
        store.touch(job)
        audit.record(
            action=actions.JOB_CANCELLED,
            actor=actor,
            host_name=job.drive.host.name,
            drive_id=job.drive_id,
            drive_serial=job.serial,
            job_id=job.pk,
        )
    dispatch.wake(job.pk)


def _cancel_queued(job: BurninJob, name: str, now: object) -> None:
    """End a job that has not begun without waiting for a worker; if one has just begun it, the worker ends it."""
    reason = f"Cancelled by {name}."
    queued = BurninJob.objects.filter(pk=job.pk, state=JobState.QUEUED)
    if queued.update(state=JobState.CANCELLED, finished_at=now, error_text=reason):
        job.stages.filter(state=StageState.PENDING).update(state=StageState.SKIPPED, finished_at=now)
