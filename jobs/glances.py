"""What a host's answer means for the stages that run there, one by one, and writing it down."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs import progress, stillness, store
from jobs.models import BurninJob, BurninStage, StageState
from jobs.stages import get_stage
from jobs.stages.base import Glance, Watch

logger = logging.getLogger(__name__)
# What reading an answer raises that has the right types and makes no sense all the same.
NONSENSE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Watched:
    """A running stage and what it wants to see."""

    stage: BurninStage
    watch: Watch


def read(item: Watched, seen: Mapping[str, Any]) -> Glance | None:
    """Return what the answer means for one stage; None when it makes no sense, so that the others are still written."""
    stage = item.stage
    try:
        return get_stage(stage.stage_name).glance(stage.data, _of_drive(seen, stage))
    except NONSENSE:
        logger.exception("What a host said of a run makes no sense", extra={"job_id": stage.job_id})
        return None


def _is_halted(item: Watched, seen: Mapping[str, Any]) -> bool:
    runs = seen.get("runs") or {}
    return any(runs.get(run_id, {}).get("paused") for run_id in item.watch.runs)


def _is_unheard(item: Watched, seen: Mapping[str, Any]) -> bool:
    """Return whether a run cannot say how far it is, because there is no room on its host to write it down."""
    runs = seen.get("runs") or {}
    return any(runs.get(run_id, {}).get("host_full") for run_id in item.watch.runs)


def disobeys(job: BurninJob, item: Watched, seen: Mapping[str, Any]) -> bool:
    """Return whether the process goes on though its burn-in is paused, or stands still though it was continued."""
    runs = [(seen.get("runs") or {}).get(run_id, {}) for run_id in item.watch.runs]
    if not any(run.get("state") == "running" for run in runs):
        return False
    halted = _is_halted(item, seen)
    if job.paused_at:
        return not halted
    return halted and bool(job.held_run) and job.cooling_since is None


def _of_drive(seen: Mapping[str, Any], stage: BurninStage) -> dict[str, Any]:
    """Return the answer with the SMART data of this stage's drive only."""
    serial = stage.job.serial
    smart = {key: value for key, value in (seen.get("smart") or {}).items() if key == serial}
    return {**seen, "smart": smart}


def write(item: Watched, glance: Glance, seen: Mapping[str, Any], now: datetime) -> None:
    """Write how far a stage is, unless a worker has taken it further meanwhile."""
    halted = _is_halted(item, seen) or _is_unheard(item, seen)
    stage = item.stage
    rate = progress.next_rate(stage.rate_bps, stage.bytes_done, stage.observed_at, glance.bytes_done, now)
    left = glance.bytes_total - glance.bytes_done
    values: dict[str, Any] = {
        "percent": glance.percent,
        "message": glance.message[:200],
        "bytes_done": glance.bytes_done,
        "bytes_total": glance.bytes_total,
        "rate_bps": rate,
        "observed_at": now,
        "still_s": _still(item, glance, now, halted=halted),
        "eta_at": progress.expected_end(
            started_at=stage.started_at, percent=glance.percent, rate=rate, bytes_left=left, now=now
        ),
    }
    # Only while the row is as we read it: a worker may have taken the stage further meanwhile.
    same = BurninStage.objects.filter(
        pk=stage.pk, state=StageState.RUNNING, attempt=stage.attempt, advanced_at=stage.advanced_at
    )
    if same.update(**values, data={**stage.data, **glance.shown}):
        job = stage.job
        BurninJob.objects.filter(pk=job.pk).update(
            percent=progress.overall_percent(job.stages.all()), waiting_since=None, waiting_reason=""
        )
        store.touch(job)


def _still(item: Watched, glance: Glance, now: datetime, *, halted: bool) -> float:
    stage = item.stage
    before = (stage.bytes_done, stage.percent, stage.data.get("pulse"))
    after = (glance.bytes_done, glance.percent, glance.shown.get("pulse", stage.data.get("pulse")))
    return stillness.still_seconds(
        stage.still_s,
        moved=before != after,
        halted=halted,
        gap_s=(now - stage.observed_at).total_seconds() if stage.observed_at else None,
        most_s=stillness.longest_step(item.watch.every_s),
    )
