"""What the cancel dialog says."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.board.stage_facts import label_of
from jobs.models import BurninJob, JobState


@dataclass(frozen=True, slots=True)
class CancelLine:
    """One burn-in and what becomes of it."""

    job: BurninJob
    what: str


@dataclass(frozen=True, slots=True)
class CancelDialog:
    """The question."""

    lines: Sequence[CancelLine]


def build_cancel_dialog(jobs: Sequence[BurninJob]) -> CancelDialog:
    """Return the question about these burn-ins."""
    return CancelDialog([CancelLine(job, _consequence(job)) for job in jobs])


def _consequence(job: BurninJob) -> str:
    if job.cancel_requested_at:
        return "It is being cancelled already."
    if job.state == JobState.QUEUED:
        return "It has not begun. It leaves the queue at once."
    stage, host = label_of(job.stage_name), job.drive.host.name
    return f"{stage} is stopped on {host}. What it did so far is kept, but there is no verdict."
