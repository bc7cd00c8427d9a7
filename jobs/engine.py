"""Advances a job, one idempotent step at a time. No step is the burn-in itself: that runs detached on the host.

Any process may die at any line here. Whatever was asked of the host is asked again with the same name and adopted.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, InterfaceError, OperationalError

from burnin_site.core.bounded import SENTENCE_CHARS, cut
from burnin_site.core.database_wait import drop_broken_connection
from burnin_site.core.outages import outage_of
from drives.hosts.connect import open_program
from drives.hosts.errors import HostError
from jobs import contexts, cooling, endings, leases, pausing, smart_history, store
from jobs.launch_gate import gated
from jobs.models import BurninJob, BurninStage, JobState, StageState
from jobs.slots import take_slot
from jobs.stages import get_stage
from jobs.stages.away import ABSENT
from jobs.stages.base import HostDoor, StageReport, Verdict
from jobs.starts import begin_job
from settingsapp import services as settings_services

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
MOST_STEPS = 20
LONGEST = timedelta(seconds=25)
MOST_CRASHES = 3
ASK_AGAIN = timedelta(seconds=15)
NOT_THE_DRIVE = "This is not the drive's fault."


@dataclass(frozen=True, slots=True)
class Turn:
    """One worker's turn at a job."""

    job: BurninJob
    token: str
    clock: Clock


def tick(*, job_id: int, clock: Clock) -> bool:
    """Advance a job as far as it goes without waiting. Return False when another worker holds it, or it is over."""
    token = leases.take(job_id, clock())
    if not token:
        return False
    try:
        with leases.kept(job_id, token, clock):
            _steps(job_id, token, clock)
    except leases.LeaseLost:
        logger.warning("Lease lost: another worker goes on", extra={"job_id": job_id})
    except Exception as error:
        if not _is_accident(error):
            raise
        # locked, away, full, damaged, also while the words about another trouble were written: it is all done again
        logger.warning("The database or the disk did not take a step: %s", error, extra={"job_id": job_id})
        drop_broken_connection()
    finally:
        with suppress(Error):  # not given back, the lease runs out
            leases.give_back(job_id, token)
    return True


def _steps(job_id: int, token: str, clock: Clock) -> None:
    end = clock() + LONGEST
    for _ in range(MOST_STEPS):
        job = BurninJob.objects.select_related("drive__host").get(pk=job_id)
        turn = Turn(job, token, clock)
        try:
            more = _step(turn)
        except leases.LeaseLost:
            raise
        except HostError as error:
            more = _host_trouble(turn, error)
        except Exception as error:
            if _is_accident(error):
                raise
            # a bug of ours: never the drive's fault, never a dead worker
            logger.exception("A burn-in step crashed", extra={"job_id": job_id})
            more = _crashed(turn)
        if not more or clock() > end:
            return


def _is_accident(error: Exception) -> bool:
    return isinstance(error, OperationalError | InterfaceError) or outage_of(error) is not None


def _step(turn: Turn) -> bool:
    """Take one step. Return whether another may follow at once."""
    job = turn.job
    if not job.is_active:
        return False
    if job.cancel_requested_at or job.stop_reason:
        return _stop(turn)
    if job.paused_at:
        return _hold(turn)
    if job.held_run and job.cooling_since is None:
        pausing.release(job, turn.token, _door(job))
    if job.state == JobState.QUEUED:
        return begin_job(job, turn.token, now=turn.clock(), may_start=take_slot)
    return _move(turn)


def _move(turn: Turn) -> bool:
    """Advance the stage that runs, or begin the next one, or end the job."""
    job = turn.job
    stages = list(job.stages.all())
    over = next((row for row in stages if row.state in (StageState.FAILED, StageState.UNKNOWN)), None)
    if over is not None:  # its worker died before it had ended the job; nothing may begin after it
        endings.end_with_stage(job, turn.token, over, now=turn.clock())
        return False
    stage = next((row for row in stages if row.state == StageState.RUNNING), None)
    if stage is not None:
        if cooling.tend(job, stage, turn.token, lambda: _door(job), now=turn.clock()):
            return False
        return _advance(turn, stage, stages, first=not stage.data)
    stage = next((row for row in stages if row.state == StageState.PENDING), None)
    if stage is None:
        endings.finish(job, turn.token, stages, now=turn.clock())
        return False
    key = contexts.run_key(job, stage, stage.attempt + 1)
    store.begin_stage(job, stage, turn.token, run_key=key, now=turn.clock())
    return _advance(turn, stage, stages, first=True)


def _advance(turn: Turn, stage: BurninStage, stages: list[BurninStage], *, first: bool) -> bool:
    job, kind = turn.job, get_stage(stage.stage_name)
    ctx = contexts.build(job, stage, stages, gated(_door(job), job, turn.token, turn.clock), turn.clock())
    report = kind.start(ctx) if first else kind.poll(ctx)
    store.write_report(job, stage, turn.token, report, turn.clock())
    smart_history.note(job, stage, kind.smart_kind, report, now=turn.clock())
    if report.waiting:
        return _wait(turn, report.waiting)
    _reached(turn)
    if report.verdict in (Verdict.FAILED, Verdict.UNKNOWN):
        endings.end_with_stage(job, turn.token, stage, now=turn.clock())
        return False
    return report.verdict is Verdict.PASSED


def _door(job: BurninJob) -> HostDoor:
    return open_program(job.drive.host)


def _reached(turn: Turn) -> None:
    job = turn.job
    if job.waiting_since is not None or job.crashes:
        store.write_job(job, turn.token, waiting_since=None, waiting_reason="", due_at=None, crashes=0)


def _hold(turn: Turn) -> bool:
    """Keep a paused job where it is. Nothing is started, also not what a reboot of the host has ended."""
    stage = turn.job.stages.filter(state=StageState.RUNNING).first()
    run_id = str(stage.data.get("run_id", "")) if stage else ""
    pausing.hold(turn.job, turn.token, run_id, _door(turn.job))
    return False


def _wait(turn: Turn, reason: str) -> bool:
    """Say what the job waits for, and since when; ask again later."""
    job, now, reason = turn.job, turn.clock(), cut(reason, SENTENCE_CHARS)
    since = job.waiting_since if job.waiting_since and job.waiting_reason == reason else now
    store.write_job(job, turn.token, waiting_since=since, waiting_reason=reason, due_at=now + ASK_AGAIN)
    return False


def _stop(turn: Turn) -> bool:
    """End a job that somebody, or a limit, wants ended: first on the host, then in the book."""
    job = turn.job
    stages = list(job.stages.all())
    for stage in stages:
        if stage.state == StageState.RUNNING:
            kind = get_stage(stage.stage_name)
            kind.cancel(contexts.build(job, stage, stages, _door(job), turn.clock()))
            smart_history.note_abort(job, kind.smart_kind, now=turn.clock())
    endings.stop(job, turn.token, stages, now=turn.clock())
    return False


def _host_trouble(turn: Turn, error: HostError) -> bool:
    """Wait for a host that is away or that an admin must look at; give up where waiting cannot help."""
    job, now = turn.job, turn.clock()
    if _is_absence(error) and not _waited_too_long(job, str(error), now):
        return _wait(turn, str(error))
    if error.permanent and not error.stops_host:
        _give_up(turn, str(error))
        return False
    since = job.waiting_since or now
    pause = min(timedelta(seconds=30), max(timedelta(seconds=2), (now - since) / 4))
    store.write_job(job, turn.token, waiting_since=since, waiting_reason=str(error), due_at=now + pause)
    return False


def _is_absence(error: HostError) -> bool:
    return error.detail.get("code") == ABSENT


def _waited_too_long(job: BurninJob, reason: str, now: datetime) -> bool:
    if job.waiting_since is None or job.waiting_reason != cut(reason, SENTENCE_CHARS):  # as it is stored
        return False
    longest = timedelta(hours=settings_services.current().drive_wait_hours)
    return now - job.waiting_since >= longest


def _crashed(turn: Turn) -> bool:
    """Try the step again a little later; give up after a few times in a row."""
    job = turn.job
    crashes = job.crashes + 1
    if crashes < MOST_CRASHES:
        store.write_job(job, turn.token, crashes=crashes, due_at=turn.clock() + timedelta(seconds=5))
        return False
    _give_up(turn, f"Burn-In Bench made a mistake; the log of the worker has the details. {NOT_THE_DRIVE}")
    return False


def _give_up(turn: Turn, reason: str) -> None:
    job = turn.job
    stage = job.stages.filter(state=StageState.RUNNING).first()
    if stage is None:
        endings.unknown(job, turn.token, reason, now=turn.clock())
        return
    _leave_no_writer(turn, stage)
    report = StageReport(
        Verdict.UNKNOWN,
        message=reason,
        state=stage.data,
        percent=stage.percent,
        bytes_done=stage.bytes_done,
        bytes_total=stage.bytes_total,
        bad_blocks=stage.bad_blocks,
    )
    store.write_report(job, stage, turn.token, report, turn.clock())
    endings.end_with_stage(job, turn.token, stage, now=turn.clock())


def _leave_no_writer(turn: Turn, stage: BurninStage) -> None:
    """End what still works on the host: nobody will look after it any more. Where the host cannot be asked, say so."""
    try:
        ctx = contexts.build(turn.job, stage, list(turn.job.stages.all()), _door(turn.job), turn.clock())
        get_stage(stage.stage_name).cancel(ctx)
    except (HostError, KeyError, TypeError, ValueError) as error:  # the very state or host that made us give up
        logger.warning("What still works on the host could not be ended: %s", error, extra={"job_id": turn.job.pk})
