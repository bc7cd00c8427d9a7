"""The strip of figures above the board."""

from datetime import datetime

from jobs.board import queries
from jobs.board.cells import Cell, moment
from jobs.board.figures import clock_text
from jobs.board.finish import finish_at
from jobs.models import JobState

ENDED = (("passed", JobState.PASSED), ("failed", JobState.FAILED), ("unknown", JobState.UNKNOWN))


def build_stats(now: datetime) -> dict[str, Cell]:
    """Return the cells of the strip."""
    counts = queries.count_jobs(now)
    ends = [finish_at(job, stages, now=now) for job, stages in queries.running_jobs()]
    next_end = min((end for end in ends if end), default=None)
    active = counts.get(JobState.RUNNING, 0) + counts.get(JobState.QUEUED, 0)
    cells = {
        "burning": Cell(str(counts.get(JobState.RUNNING, 0))),
        "queued": Cell(str(counts.get(JobState.QUEUED, 0))),
        "next": moment(next_end, "clock", clock_text(next_end)) if next_end else Cell("–", "muted"),
        "cancel_all": Cell(hidden=active < 2),
    }
    for name, state in ENDED:
        number = counts.get(state, 0)
        cells[name] = Cell(str(number), name if number else "")
    return cells
