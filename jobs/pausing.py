"""Pausing and continuing a burn-in: the row says what is wanted, the worker makes the host's process follow.

`held_run` names the run that was told to stop. It is written before the signal is sent, so that no crash in between
can leave a stopped process that nobody continues.
"""

from typing import ClassVar

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from drives.hosts.errors import HostSaidNo
from jobs import dispatch, store
from jobs.models import BurninJob, JobState
from jobs.stages.base import HostDoor

PAUSE, CONTINUE = "pause", "continue"
NOT_RUNNING = "not_running"


class CannotPause(BurninError):
    """The burn-in does not run, or is paused already."""

    code: ClassVar[str] = "cannot_pause"


class NotPaused(BurninError):
    """The burn-in is not paused."""

    code: ClassVar[str] = "not_paused"


def send(host: HostDoor, run_id: str, action: str) -> bool:
    """Stop or continue the process of a run; False when it does not run (any more). Raises HostError."""
    try:
        host.signal(run_id=run_id, action=action)
    except HostSaidNo as error:
        if error.detail.get("code") != NOT_RUNNING:
            raise
        return False
    return True


def hold(job: BurninJob, token: str, run_id: str, host: HostDoor) -> None:
    """Have the process of a paused burn-in stand still. May be called again."""
    store.write_job(job, token, held_run=run_id, waiting_since=None, waiting_reason="", due_at=None)
    if run_id:
        send(host, run_id, PAUSE)


def release(job: BurninJob, token: str, host: HostDoor) -> None:
    """Let the process of a burn-in that is paused no more go on. May be called again."""
    send(host, job.held_run, CONTINUE)
    store.write_job(job, token, held_run="")


@transaction.atomic
def pause_job(*, job: BurninJob, actor: User) -> None:
    """Have a running burn-in stand still until it is continued, over restarts of ours and of its host.

    A SMART self-test goes on inside the drive; then nothing after it begins. Raises CannotPause.
    """
    running = BurninJob.objects.filter(
        pk=job.pk, state=JobState.RUNNING, paused_at__isnull=True, cancel_requested_at__isnull=True
    )
    if not running.update(paused_at=timezone.now(), paused_by=actor.get_username()):
        job.refresh_from_db()
        raise CannotPause(f"Burn-in {job.pk} of {job.serial} cannot be paused: {_state_words(job)}.")
    _note(job, actor, actions.JOB_PAUSED)


@transaction.atomic
def continue_job(*, job: BurninJob, actor: User) -> None:
    """Have a paused burn-in go on where it stands. Raises NotPaused."""
    paused = BurninJob.objects.filter(pk=job.pk, state=JobState.RUNNING, paused_at__isnull=False)
    if not paused.update(paused_at=None, paused_by="", due_at=None):
        job.refresh_from_db()
        raise NotPaused(f"Burn-in {job.pk} of {job.serial} cannot be continued: {_state_words(job)}.")
    _note(job, actor, actions.JOB_CONTINUED)


def _state_words(job: BurninJob) -> str:
    if not job.is_active or job.state == JobState.QUEUED:
        return f"it is {job.get_state_display().lower()}"
    if job.cancel_requested_at:
        return "it is being cancelled"
    return f"it has been paused by {job.paused_by}" if job.paused_at else "it is not paused"


def _note(job: BurninJob, actor: User, action: str) -> None:
    store.touch(job)
    audit.record(
        action=action,
        actor=actor,
        host_name=job.drive.host.name,
        drive_id=job.drive_id,
        drive_serial=job.serial,
        job_id=job.pk,
    )
    dispatch.wake(job.pk)
