"""Numbers for the table: overall percent, rate, expected finish. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.models import BurninStage, StageState
from jobs.stages import StageDefinitionError, get_stage

SMOOTHING = 0.2
OVER = (StageState.PASSED, StageState.SKIPPED)


def weight_of(stage_name: str) -> float:
    """Return a stage's share of the bar; a stage that no longer exists gets a small one."""
    try:
        return get_stage(stage_name).weight
    except StageDefinitionError:
        return 5.0


def overall_percent(stages: Iterable[BurninStage]) -> float:
    """Return the job's percent from its stage rows, by the stages' weights."""
    rows = list(stages)
    total = sum(weight_of(row.stage_name) for row in rows) or 1.0
    done = sum(weight_of(row.stage_name) * (100.0 if row.state in OVER else min(row.percent, 100.0)) for row in rows)
    return round(done / total, 2)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a stage is, and when it will be done at that pace."""

    rate_bps: float | None
    eta_at: datetime | None


def next_rate(
    old: float | None, bytes_before: int, before: datetime | None, bytes_now: int, now: datetime
) -> float | None:
    """Return the smoothed rate in bytes per second after one more look at a stage."""
    seconds = (now - before).total_seconds() if before else 0
    if seconds <= 0 or bytes_now < bytes_before or not bytes_now:
        return old
    fresh = (bytes_now - bytes_before) / seconds
    return float(round(fresh if old is None else old + SMOOTHING * (fresh - old)))


def expected_end(
    *, started_at: datetime | None, percent: float, rate: float | None, bytes_left: int, now: datetime
) -> datetime | None:
    """Return when the stage should be done: by its rate if it moves bytes, else by its percent so far."""
    if rate and bytes_left > 0:
        return now + timedelta(seconds=min(bytes_left / rate, 365 * 86400))
    if started_at and 1.0 <= percent < 100:
        passed = (now - started_at).total_seconds()
        return now + timedelta(seconds=passed * (100 - percent) / percent)
    return None
