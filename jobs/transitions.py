"""The legal moves of a job and of a stage.

queued ──> running ──> passed | failed | unknown
   └─────────┴───────> cancelled
queued ──> unknown                      (the drive can no longer be burnt in)
unknown ──> queued                      (a person has it tried again)

pending ──> running ──> passed | failed | unknown | cancelled
   └──────> skipped | cancelled         (the job ended before)
unknown | skipped | cancelled ──> pending   (the job is tried again)
"""

from typing import ClassVar

from burnin_site.core.errors import BurninError
from jobs.models import JobState, StageState

JOB_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED, JobState.UNKNOWN}),
    JobState.RUNNING: frozenset({JobState.PASSED, JobState.FAILED, JobState.CANCELLED, JobState.UNKNOWN}),
    JobState.UNKNOWN: frozenset({JobState.QUEUED}),
}
STAGE_MOVES: dict[StageState, frozenset[StageState]] = {
    StageState.PENDING: frozenset({StageState.RUNNING, StageState.SKIPPED, StageState.CANCELLED}),
    StageState.RUNNING: frozenset({StageState.PASSED, StageState.FAILED, StageState.UNKNOWN, StageState.CANCELLED}),
    StageState.UNKNOWN: frozenset({StageState.PENDING}),
    StageState.SKIPPED: frozenset({StageState.PENDING}),
    StageState.CANCELLED: frozenset({StageState.PENDING}),
}


class IllegalMove(BurninError):
    """A state was asked to change in a way that the table does not allow."""

    code: ClassVar[str] = "illegal_move"


def check_job_move(old: str, new: str) -> None:
    """Raise IllegalMove unless a job may go from one state to the other."""
    if JobState(new) not in JOB_MOVES.get(JobState(old), frozenset()):
        raise IllegalMove(f"A burn-in that is {old} cannot become {new}.", old=old, new=new)


def check_stage_move(old: str, new: str) -> None:
    """Raise IllegalMove unless a stage may go from one state to the other."""
    if StageState(new) not in STAGE_MOVES.get(StageState(old), frozenset()):
        raise IllegalMove(f"A stage that is {old} cannot become {new}.", old=old, new=new)
