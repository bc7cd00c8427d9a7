"""When a burn-in will be done."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs.board.estimate import plan_seconds, stage_seconds
from jobs.models import BurninJob, BurninStage, JobState, StageState


def finish_at(job: BurninJob, stages: Sequence[BurninStage], *, now: datetime) -> datetime | None:
    """Return the expected end of a running burn-in: of its stage as measured, of later ones by the drive's size.

    A simulated drive has no speed to go by, so only its running stage counts.
    """
    if job.state != JobState.RUNNING or job.waiting_since:
        return None
    running = next((stage for stage in stages if stage.state == StageState.RUNNING), None)
    if running is None:
        return None
    measured = _measured_end(running, now)
    if job.simulated:
        return measured
    ahead = [stage.stage_name for stage in stages if stage.state == StageState.PENDING]
    rest = timedelta(seconds=plan_seconds(ahead, job.size_bytes, job.plan))
    return (measured or _guessed_end(running, job, now)) + rest


def _measured_end(stage: BurninStage, now: datetime) -> datetime | None:
    """Return the end as the observer expects it, or, when that moment has passed, by the percent so far."""
    if stage.eta_at is None or stage.eta_at > now:
        return stage.eta_at
    if stage.started_at and stage.percent >= 1:
        return now + (now - stage.started_at) * ((100 - min(stage.percent, 100)) / stage.percent)
    return None


def _guessed_end(stage: BurninStage, job: BurninJob, now: datetime) -> datetime:
    expected = timedelta(seconds=stage_seconds(stage.stage_name, job.size_bytes, job.plan))
    return max(now, (stage.started_at or now) + expected)
