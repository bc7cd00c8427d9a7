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
from jobs import dispatch, store
from jobs.models import ACTIVE_STATES, BurninJob, BurninStage, JobState, StageState
from jobs.plans import SURFACE, Plan
from jobs.stages import get_stage
from settingsapp import services as settings_services

HARD_TO_MISS = "Type its serial number to confirm that everything on it will be erased."


class JobOver(BurninError):
    """The burn-in has already ended."""

    code: ClassVar[str] = "job_over"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a drive is not burnt in."""

    drive_id: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StartOutcome:
    """What came of a start: the new jobs, and the drives that were refused."""

    jobs: tuple[BurninJob, ...]
    refused: tuple[Refusal, ...]


def start_jobs(*, drive_ids: Sequence[int], plan: Plan, confirm: Mapping[str, str], actor: User) -> StartOutcome:
    """Queue one burn-in per drive. Each drive is judged for itself; a refused one does not hold up the others."""
    wanted = list(dict.fromkeys(drive_ids))
    drives = Drive.objects.select_related("host").in_bulk(wanted)
    jobs: list[BurninJob] = []
    refused: list[Refusal] = []
    for drive_id in wanted:
        drive = drives.get(drive_id)
        refusal = refusal_for(drive_id, drive, plan, confirm)
        if refusal is None and drive is not None:
            made = _make_job(drive, plan, actor)
            (jobs if isinstance(made, BurninJob) else refused).append(made)  # type: ignore[arg-type]
        elif refusal is not None:
            refused.append(refusal)
    return StartOutcome(tuple(jobs), tuple(refused))


def refusal_for(drive_id: int, drive: Drive | None, plan: Plan, confirm: Mapping[str, str]) -> Refusal | None:
    """Return why this drive may not be burnt in with this plan, or None. The host checks again before it writes."""
    if drive is None:
        return Refusal(drive_id, "no_such_drive", f"There is no drive {drive_id}.")
    refuse = _general_refusal(drive)
    if refuse is None and plan.destructive:
        refuse = _destructive_refusal(drive, str(confirm.get(str(drive_id), "")))
    return Refusal(drive_id, *refuse) if refuse else None


def _general_refusal(drive: Drive) -> tuple[str, str] | None:
    active = BurninJob.objects.filter(drive=drive, state__in=ACTIVE_STATES).values_list("pk", flat=True).first()
    if active:
        return "already_active", f"{drive.serial} is already in burn-in {active}."
    if not drive.present:
        return "not_present", f"{drive.serial} is not in {drive.host.name} at the moment."
    if not drive.host.has_shell:
        return "no_shell", f"There is no SSH login for {drive.host.name}. An admin can add one to the host."
    if drive.host.stopped:
        return "host_stopped", f"All work on {drive.host.name} is stopped: {drive.host.error}"
    if drive.size_bytes <= 0:
        return "size_zero", f"{drive.serial} reports a size of 0 bytes; there is nothing to test."
    return None


def _destructive_refusal(drive: Drive, typed: str) -> tuple[str, str] | None:
    if not drive.host.armed:
        return "disarmed", f"{drive.host.name} is disarmed: an admin must arm it before anything is erased on it."
    if drive.in_use:
        reasons = " ".join(reason["message"] for reason in drive.in_use)
        return "in_use", f"{drive.serial} will not be touched. {reasons}"
    if typed.strip() != drive.serial:
        code, start = (
            ("wrong_serial", f"“{typed}” is not") if typed.strip() else ("not_confirmed", "Nothing was typed for")
        )
        return code, f"{start} the serial number of {drive.devname or drive.serial}. {HARD_TO_MISS}"
    return None


def _make_job(drive: Drive, plan: Plan, actor: User) -> BurninJob | Refusal:
    try:
        with transaction.atomic():
            return _write_job(drive, plan, actor)
    except IntegrityError:  # another request was faster; the database holds the rule
        return Refusal(drive.pk, "already_active", f"{drive.serial} has just been put into another burn-in.")


def _write_job(drive: Drive, plan: Plan, actor: User) -> BurninJob:
    surface = _surface_plan(plan)
    job = BurninJob.objects.create(
        drive=drive,
        profile=plan.profile,
        plan=surface,
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
            "plan": surface,
            "stages": list(plan.stages),
            "wwn": drive.wwn,
            "size_bytes": drive.size_bytes,
        },
    )
    dispatch.wake(job.pk)
    return job


def _surface_plan(plan: Plan) -> str:
    """Return how the surface is tested: as chosen, else as the setting says."""
    if SURFACE not in plan.stages:
        return ""
    return plan.surface or str(settings_services.current().default_plan)


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
