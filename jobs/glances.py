"""What a host's answer means for the stages that run there, one by one, and writing it down.

All of it is read before anything is written: who reads inside a transaction lets a host decide how long nobody else may
write.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobs import progress, stillness, store
from jobs.models import BurninJob, BurninStage, StageState
from jobs.stages import get_stage
from jobs.stages.base import Glance, Watch

logger = logging.getLogger(__name__)
# Seconds of processor time for reading one answer: an honest one takes milliseconds.
MOST_READING_S = 2.0
# What reading an answer raises that has the right types and makes no sense all the same.
NONSENSE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Watched:
    """A running stage and what it wants to see."""

    stage: BurninStage
    watch: Watch


@dataclass(frozen=True, slots=True)
class Reading:
    """What the answer means for one stage. `halted`: it cannot move now. `disobeys`: not as its burn-in is to be."""

    item: Watched
    glance: Glance
    halted: bool
    disobeys: bool


@dataclass(slots=True)
class ReadAnswer:
    """One answer: what was understood, what is nonsense, and what was left because reading took too long."""

    readings: list[Reading] = field(default_factory=list)
    strange: list[Watched] = field(default_factory=list)
    left: list[Watched] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def took_long(self) -> bool:
        """Whether reading took more processor time than an honest answer can."""
        return self.seconds > MOST_READING_S


def read_all(watched: Sequence[Watched], seen: Mapping[str, Any]) -> ReadAnswer:
    """Read what a host said of all these stages, outside of any transaction."""
    answer, start = ReadAnswer(), time.thread_time()
    for item in watched:
        if answer.took_long:
            answer.left.append(item)
            continue
        reading = _read(item, seen)
        answer.seconds = time.thread_time() - start
        if reading is None:
            answer.strange.append(item)
        else:
            answer.readings.append(reading)
    return answer


def _read(item: Watched, seen: Mapping[str, Any]) -> Reading | None:
    """Return what the answer means for one stage; None when it makes no sense, so that the others are still written."""
    stage = item.stage
    try:
        return Reading(
            item,
            get_stage(stage.stage_name).glance(stage.data, _of_drive(seen, stage)),
            halted=_is_halted(item, seen) or _is_unheard(item, seen),
            disobeys=_disobeys(stage.job, item, seen),
        )
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


def _disobeys(job: BurninJob, item: Watched, seen: Mapping[str, Any]) -> bool:
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


def write(reading: Reading, now: datetime) -> None:
    """Write how far a stage is, unless a worker has taken it further meanwhile."""
    item, glance, stage = reading.item, reading.glance, reading.item.stage
    rate = progress.next_rate(stage.rate_bps, stage.bytes_done, stage.observed_at, glance.bytes_done, now)
    left = glance.bytes_total - glance.bytes_done
    values: dict[str, Any] = {
        "percent": glance.percent,
        "message": glance.message[:200],
        "bytes_done": glance.bytes_done,
        "bytes_total": glance.bytes_total,
        "rate_bps": rate,
        "observed_at": now,
        "still_s": _still(item, glance, now, halted=reading.halted),
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
        BurninJob.objects.filter(pk=job.pk).update(percent=store.percent_of(job), waiting_since=None, waiting_reason="")
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
