"""Keeps the self-tests that stages run as rows of their own."""

from datetime import datetime

from drives.models import SmartTest, SmartTestState
from jobs.models import BurninJob, BurninStage
from jobs.stages.base import StageReport, Verdict

STATE = {
    Verdict.RUNNING: SmartTestState.RUNNING,
    Verdict.PASSED: SmartTestState.PASSED,
    Verdict.FAILED: SmartTestState.FAILED,
    Verdict.UNKNOWN: SmartTestState.UNKNOWN,
}


def note(job: BurninJob, stage: BurninStage, kind: str, report: StageReport, *, now: datetime) -> None:
    """Write what a self-test stage reported into the drive's history; other stages leave none."""
    if not kind:
        return
    ended = report.verdict is not Verdict.RUNNING
    failed = report.verdict in (Verdict.FAILED, Verdict.UNKNOWN)
    SmartTest.objects.update_or_create(
        drive_id=job.drive_id,
        test_type=kind,
        job_id=job.pk,
        defaults={
            "state": STATE[report.verdict],
            "percent": 100 if report.verdict is Verdict.PASSED else int(report.percent),
            "started_at": stage.started_at,
            "finished_at": now if ended else None,
            "error_text": report.message if failed else "",
            "raw_output": report.log,
        },
    )


def note_abort(job: BurninJob, kind: str, *, now: datetime) -> None:
    """Write that the self-test which ran was aborted."""
    running = SmartTest.objects.filter(drive_id=job.drive_id, test_type=kind, job_id=job.pk)
    running.filter(state=SmartTestState.RUNNING).update(state=SmartTestState.ABORTED, finished_at=now)
