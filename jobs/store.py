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
    with transaction.atomic():
        leases.confirm(job.pk, token)
        new_state = STAGE_STATE[report.verdict]
        if new_state != stage.state:
            check_stage_move(stage.state, new_state)
        _apply(stage, report, new_state, now)
        stage.save()
        BurninJob.objects.filter(pk=job.pk).update(percent=progress.overall_percent(job.stages.all()))
        touch(job)


def _apply(stage: BurninStage, report: StageReport, new_state: StageState, now: datetime) -> None:
    stage.state = new_state
    stage.advanced_at = now
    stage.data = report.state
    stage.message = report.message[:200]
    stage.percent = 100.0 if report.verdict is Verdict.PASSED else report.percent
    stage.bytes_done, stage.bytes_total = report.bytes_done, report.bytes_total
    stage.bad_blocks = report.bad_blocks
    if report.log:
        stage.log_text = report.log
    if report.position_log:
        stage.position_log = [dict(entry) for entry in report.position_log]
    if report.findings:
        stage.findings = [asdict(finding) for finding in report.findings]
    if report.proof:
        stage.proof = [asdict(line) for line in report.proof]
    if report.verdict is not Verdict.RUNNING:
        stage.finished_at, stage.eta_at, stage.rate_bps = now, None, None
    if report.verdict in (Verdict.FAILED, Verdict.UNKNOWN):
        stage.error_text = report.message


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
