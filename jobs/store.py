"""Writing what became of a job and its stages: fenced by the job's lease, numbered for the live table."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from burnin_site.core.live.services import next_version
from drives.models import Drive
from jobs import leases, progress
from jobs.models import BurninJob, BurninStage, JobState, StageState
from jobs.stages.base import StageReport, Verdict
from jobs.transitions import check_job_move, check_stage_move

STAGE_STATE = {
    Verdict.RUNNING: StageState.RUNNING,
    Verdict.PASSED: StageState.PASSED,
    Verdict.FAILED: StageState.FAILED,
    Verdict.UNKNOWN: StageState.UNKNOWN,
}


def touch(job: BurninJob) -> None:
    """Number the change of a job and of its drive's row. Call it inside the transaction that changed them."""
    version = next_version()
    BurninJob.objects.filter(pk=job.pk).update(live_version=version)
    Drive.objects.filter(pk=job.drive_id).update(live_version=version)


def percent_of(job: BurninJob) -> float:
    """Return the job's percent; of its stages only what that needs is loaded, not what hosts said in them."""
    return progress.overall_percent(job.stages.only("job_id", "stage_name", "state", "percent"))


def write_job(job: BurninJob, token: str, **values: Any) -> None:
    """Change a job's row, if the lease is still ours. A change of state must be a legal one. Raises LeaseLost."""
    with transaction.atomic():
        leases.confirm(job.pk, token)
        if "state" in values:
            check_job_move(job.state, values["state"])
            values["state"] = JobState(values["state"])
        if not BurninJob.objects.filter(pk=job.pk, state=job.state).update(**values):
            raise leases.LeaseLost(f"Burn-in {job.pk} is no longer {job.state}.")
        touch(job)
    for name, value in values.items():
        setattr(job, name, value)


def begin_stage(job: BurninJob, stage: BurninStage, token: str, *, run_key: str, now: datetime) -> None:
    """Mark a stage as running before anything is asked of the host: a crash after this finds it and looks first."""
    with transaction.atomic():
        leases.confirm(job.pk, token)
        check_stage_move(stage.state, StageState.RUNNING)
        stage.state, stage.attempt = StageState.RUNNING, stage.attempt + 1
        stage.started_at, stage.advanced_at, stage.run_id, stage.still_s = now, now, run_key, 0
        stage.save(update_fields=["state", "attempt", "started_at", "advanced_at", "run_id", "still_s"])
        BurninJob.objects.filter(pk=job.pk).update(stage_name=stage.stage_name)
        touch(job)


def write_report(job: BurninJob, stage: BurninStage, token: str, report: StageReport, now: datetime) -> None:
    """Store what a stage reported, and the job's percent with it. Raises LeaseLost."""
    new_state = STAGE_STATE[report.verdict]
    values = _values_of(report, new_state, now)  # before the transaction: what a host found may be a lot
    with transaction.atomic():
        leases.confirm(job.pk, token)
        if new_state != stage.state:
            check_stage_move(stage.state, new_state)
        for name, value in values.items():
            setattr(stage, name, value)
        stage.save()
        BurninJob.objects.filter(pk=job.pk).update(percent=percent_of(job))
        touch(job)


def _values_of(report: StageReport, new_state: StageState, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": new_state,
        "advanced_at": now,
        "data": report.state,
        "message": report.message[:200],
        "percent": 100.0 if report.verdict is Verdict.PASSED else report.percent,
        "bytes_done": report.bytes_done,
        "bytes_total": report.bytes_total,
        "bad_blocks": report.bad_blocks,
    }
    told = {
        "log_text": report.log,
        "position_log": [dict(entry) for entry in report.position_log or ()],
        "findings": [asdict(finding) for finding in report.findings],
        "proof": [asdict(line) for line in report.proof],
    }
    values |= {name: value for name, value in told.items() if value}
    if report.verdict is not Verdict.RUNNING:
        values |= {"finished_at": now, "eta_at": None, "rate_bps": None}
    if report.verdict in (Verdict.FAILED, Verdict.UNKNOWN):
        values["error_text"] = report.message
    return values


def end_stage(job: BurninJob, stage: BurninStage, token: str, state: StageState, reason: str, now: datetime) -> None:
    """End a stage for a reason that is not its own (cancelled, skipped, given up)."""
    with transaction.atomic():
        leases.confirm(job.pk, token)
        check_stage_move(stage.state, state)
        stage.state, stage.finished_at = state, now
        fields = ["state", "finished_at"]
        if reason:
            stage.error_text = reason
            fields.append("error_text")
        stage.save(update_fields=fields)
        touch(job)
