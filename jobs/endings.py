"""How a job ends: in the book, in the audit, and tidy on the host."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import actions
from audit import services as audit
from drives.hosts.connect import open_program
from drives.hosts.errors import HostError
from jobs import dispatch, judging, notices, store
from jobs.models import BurninJob, BurninStage, JobState, StageState
from jobs.slots import next_in_line
from jobs.stages import StageDefinitionError, get_stage

logger = logging.getLogger(__name__)


def finish(job: BurninJob, token: str, stages: list[BurninStage], *, now: datetime) -> None:
    """End a job of which every stage is over: passed only if every one of them passed."""
    unproven = [row for row in stages if row.state != StageState.PASSED]
    if unproven or not stages:
        names = ", ".join(row.stage_name for row in unproven) or "no stage at all"
        unknown(job, token, f"Not every stage was shown to pass: {names}.", now=now)
        return
    proof = [line for row in stages for line in row.proof]
    written = any(row.destructive for row in stages)
    summary = "Every block was written and verified" if written else "The self-tests passed; nothing was written"
    _end(job, token, JobState.PASSED, "", {"summary": summary, "proof": proof}, now=now)


def end_with_stage(job: BurninJob, token: str, stage: BurninStage, *, now: datetime) -> None:
    """End a job of which a stage failed or cannot say; what the stage said is in its row."""
    state = JobState.FAILED if stage.state == StageState.FAILED else JobState.UNKNOWN
    proof = [line for row in job.stages.all() for line in row.proof]
    verdict = {"summary": stage.error_text, "proof": proof, "stage": stage.stage_name}
    _end(job, token, state, stage.error_text, verdict, now=now)


def unknown(job: BurninJob, token: str, reason: str, *, now: datetime) -> None:
    """End a job without a verdict on the drive."""
    _end(job, token, JobState.UNKNOWN, reason, {"summary": reason, "proof": []}, now=now)


def stop(job: BurninJob, token: str, stages: list[BurninStage], *, now: datetime) -> None:
    """End a job that was cancelled, or that a limit of ours stopped."""
    reason = job.stop_reason or f"Cancelled by {job.cancelled_by or 'the system'}."
    state = JobState.UNKNOWN if job.stop_reason else JobState.CANCELLED
    for row in stages:
        if row.state == StageState.RUNNING:
            end = StageState.UNKNOWN if job.stop_reason else StageState.CANCELLED
            store.end_stage(job, row, token, end, reason, now)
    _end(job, token, state, reason, {"summary": reason, "proof": []}, now=now)


def _close_rest(job: BurninJob, token: str, now: datetime) -> None:
    for row in job.stages.filter(state=StageState.PENDING):
        store.end_stage(job, row, token, StageState.SKIPPED, "", now)


def _end(job: BurninJob, token: str, state: JobState, error: str, verdict: dict[str, Any], *, now: datetime) -> None:
    values: dict[str, Any] = {
        "state": state,
        "finished_at": now,
        "error_text": error,
        "verdict": {"state": state.value, **verdict},
        "waiting_since": None,
        "waiting_reason": "",
        "due_at": None,
        "cooling_since": None,
    }
    if state in (JobState.PASSED, JobState.FAILED):
        values["verdict"] |= judging.judged(job, list(job.stages.all()))
    if state is JobState.PASSED:
        values["percent"] = 100.0
    with transaction.atomic():  # all of it or nothing: a worker that dies here leaves the end to the next one
        _close_rest(job, token, now)
        store.write_job(job, token, **values)
        _announce(job, error or str(verdict["summary"]))
    _tidy(job)


def _announce(job: BurninJob, note: str) -> None:
    audit.record(
        action=actions.JOB_FINISHED,
        actor=None,
        host_name=job.drive.host.name,
        drive_id=job.drive_id,
        drive_serial=job.serial,
        job_id=job.pk,
        note=note,
        data={"state": str(job.state)},
    )
    notices.job_ended(job)
    dispatch.wake_all(next_in_line(job.drive.host_id))


def _tidy(job: BurninJob) -> None:
    """Remove the run folders on the host; what they proved is in the database. Left behind, they take a little room."""
    try:
        host = open_program(job.drive.host)
        for stage in job.stages.all():
            for run_id in get_stage(stage.stage_name).run_ids(stage.data):
                host.clean(run_id=run_id)
    except (HostError, StageDefinitionError) as error:
        logger.info("Run folders stay on the host: %s", error, extra={"job_id": job.pk})
