"""The live part of a job's page."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.board.cells import Cell, cells_data, moment
from jobs.board.figures import (
    bytes_of_text,
    clock_text,
    duration_text,
    percent_text,
    rate_cell,
)
from jobs.board.finish import finish_at
from jobs.board.rail import TONES, Segment, build_rail, rail_data
from jobs.board.stage_facts import label_of
from jobs.board.words import active_words, ended_words, shown_message
from jobs.models import BurninJob, BurninStage, JobState, StageState

LOG_TAIL = 12_000
BIG_GAP = 0.35
STATE_TONES = {"done": "passed", "stopped": "muted", "pending": "muted"}


@dataclass(frozen=True, slots=True)
class StageRow:
    """One line of the stage list."""

    stage: BurninStage
    cells: dict[str, Cell]

    @property
    def label(self) -> str:
        """The stage's name for people."""
        return label_of(self.stage.stage_name)


@dataclass(frozen=True, slots=True)
class JobRow:
    """Everything of a job's page that changes while one looks at it."""

    job: BurninJob
    cells: dict[str, Cell]
    rail: Sequence[Segment]
    stages: Sequence[StageRow]
    log_stage: str
    log_text: str
    evidence: str
    heat: str

    def data(self) -> dict[str, Any]:
        """Return the body for the browser."""
        return {
            "cells": cells_data(self.cells),
            "rail": rail_data(self.rail),
            "stages": [{"id": row.stage.pk, "cells": cells_data(row.cells)} for row in self.stages],
            "log": {"stage": self.log_stage, "text": self.log_text},
            "evidence": self.evidence,
            "heat": self.heat,
        }


def build_job_row(job: BurninJob, stages: Sequence[BurninStage], *, now: datetime) -> JobRow:
    """Return the live part of a job's page. The job comes with its drive and host, the stages with their logs."""
    told = next((s for s in reversed(stages) if s.log_text), None)
    return JobRow(
        job=job,
        cells=_head(job, stages, now),
        rail=build_rail(stages, plan=job.plan, gap=BIG_GAP),
        stages=[StageRow(stage, stage_cells(stage, now=now)) for stage in stages],
        log_stage=label_of(told.stage_name) if told else "",
        log_text=told.log_text[-LOG_TAIL:] if told else "",
        evidence=evidence_mark(job, stages),
        heat=heat_mark(job, now),
    )


def evidence_mark(job: BurninJob, stages: Sequence[BurninStage]) -> str:
    """Return a short text that changes whenever findings, proof or verdict do."""
    facts = [job.state, job.verdict, [[s.findings, s.proof] for s in stages]]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def heat_mark(job: BurninJob, now: datetime) -> str:
    """Return a short text that changes when the temperature chart has something new: every minute while it runs."""
    minute = f"{now:%d%H%M}" if job.is_active else ""
    return f"{job.state}-{job.heat_pauses}-{'rests' if job.cooling_since else ''}-{minute}"


def _head(job: BurninJob, stages: Sequence[BurninStage], now: datetime) -> dict[str, Cell]:
    if job.is_active:
        words = active_words(job, stages, host_name=job.drive.host.name, now=now)
    else:
        words = ended_words(job, stages)
    end = finish_at(job, stages, now=now)
    return {
        "words": Cell(words.text, words.tone),
        "percent": Cell(percent_text(job.percent) if job.is_active else ""),
        "started": moment(job.started_at, "stamp", _stamp(job.started_at))
        if job.started_at
        else Cell("not yet", "muted"),
        "finish": _finish(job, end),
        "left": moment(end, "left", duration_text((end - now).total_seconds()) if end else ""),
        "elapsed": _elapsed(job.started_at, job.finished_at, now),
        "cancel": Cell(hidden=not job.is_active),
        "again": Cell(hidden=job.is_active),
        "pause": Cell(hidden=not _may_pause(job)),
        "continue": Cell(hidden=not (job.is_active and job.paused_at)),
        "retry": Cell(hidden=job.state != JobState.UNKNOWN),
    }


def _may_pause(job: BurninJob) -> bool:
    return job.state == JobState.RUNNING and not job.paused_at and not job.cancel_requested_at


def _finish(job: BurninJob, end: datetime | None) -> Cell:
    if job.finished_at:
        return moment(job.finished_at, "stamp", _stamp(job.finished_at))
    return moment(end, "clock", clock_text(end)) if end else Cell("–", "muted")


def _stamp(value: datetime | None) -> str:
    return f"{clock_text(value)}, {value:%-d %b}" if value else ""


def _elapsed(start: datetime | None, end: datetime | None, now: datetime) -> Cell:
    if start is None:
        return Cell()
    if end:
        return Cell(duration_text((end - start).total_seconds()))
    return moment(start, "elapsed", duration_text((now - start).total_seconds()))


def stage_cells(stage: BurninStage, *, now: datetime) -> dict[str, Cell]:
    """Return the cells of a stage's line."""
    tone = TONES.get(StageState(stage.state), "pending")
    running = stage.state == StageState.RUNNING
    return {
        "state": Cell(stage.get_state_display(), STATE_TONES.get(tone, tone)),
        "message": Cell(stage.error_text or shown_message(stage), "failed" if stage.state == StageState.FAILED else ""),
        "percent": Cell(percent_text(stage.percent) if running else ""),
        "bytes": Cell(bytes_of_text(stage.bytes_done, stage.bytes_total) if stage.bytes_total else ""),
        "rate": rate_cell(stage.rate_bps if running else _mean_rate(stage)),
        "started": moment(stage.started_at, "clock", clock_text(stage.started_at)),
        "took": _elapsed(stage.started_at, stage.finished_at, now),
        "attempt": Cell(f"attempt {stage.attempt}" if stage.attempt > 1 else ""),
        "log": Cell(hidden=not stage.log_text),
    }


def _mean_rate(stage: BurninStage) -> float | None:
    if not (stage.started_at and stage.finished_at and stage.bytes_done):
        return None
    seconds = (stage.finished_at - stage.started_at).total_seconds()
    return stage.bytes_done / seconds if seconds > 0 else None
