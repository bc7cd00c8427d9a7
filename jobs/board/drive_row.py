"""The row of a drive."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from burnin_site.core.bounded import CELL_CHARS, cut
from drives.models import Drive
from jobs import overrides
from jobs.board.cells import Cell, cells_data, moment
from jobs.board.figures import clock_text, duration_text, rate_cell, size_text
from jobs.board.finish import finish_at
from jobs.board.limits import BoardLimits
from jobs.board.queries import BoardDrive
from jobs.board.rail import Segment, build_rail, rail_data
from jobs.board.words import Words, drive_words, in_use_text
from jobs.models import BurninJob, BurninStage, JobState, StageState
from jobs.stages.base import CLASSIC

ATTENTION = ("attention", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class DriveRow:
    """Everything a template or a browser needs to show a drive."""

    drive: Drive
    job_id: int | None
    groups: str
    blocked: str
    cells: dict[str, Cell]
    rail: Sequence[Segment]

    @property
    def order(self) -> str:
        """The place of the row in its group, as text that sorts."""
        return order_of(self.drive.devname)

    @property
    def label(self) -> str:
        """The drive as a screen reader names it."""
        return f"{self.drive.devname or 'drive'} {self.drive.serial}"

    def data(self) -> dict[str, Any]:
        """Return the row's body for the browser."""
        return {
            "host": self.drive.host_id,
            "order": self.order,
            "job": self.job_id,
            "groups": self.groups,
            "blocked": self.blocked,
            "cells": cells_data(self.cells),
            "rail": rail_data(self.rail),
        }


def order_of(devname: str) -> str:
    """Return a text that sorts device names as people count: da9 before da10, sdz before sdaa."""
    parts = re.split(r"(\d+)", devname)
    return "".join(part.zfill(6) if part.isdigit() else f"{len(part):02}{part}" for part in parts if part)


def build_row(entry: BoardDrive, limits: BoardLimits, *, now: datetime) -> DriveRow:
    """Return the row of a drive and its newest burn-in."""
    drive, job, stages = entry.drive, entry.job, entry.stages
    words = drive_words(drive, job, stages, now=now)
    temperature = _temperature(drive, limits)
    health = _health(drive)
    alarming = {words.tone, temperature.tone, health.tone} & set(ATTENTION) or not drive.present
    active = job is not None and job.is_active
    return DriveRow(
        drive=drive,
        job_id=job.pk if job is not None and active else None,
        groups=" ".join(["burning" if active else "idle", *(["attention"] if alarming else [])]),
        blocked=blocked_reason(drive, job),
        cells={
            "name": Cell(drive.devname or "–", title="" if drive.present else "Not seen at the last look"),
            "location": _location(drive),
            "serial": Cell(drive.serial),
            "model": Cell(drive.model),
            "size": Cell(size_text(drive.size_bytes)),
            "temp": temperature,
            "health": health,
            **_progress_cells(words, _address(job)),
            **_time_cells(job, stages, now=now),
            "open": Cell("Open burn-in", href=_address(job), hidden=job is None),
            "cancel": Cell(hidden=not active),
        },
        rail=build_rail(stages, plan=job.plan if job else CLASSIC),
    )


def _location(drive: Drive) -> Cell:
    if not drive.present:
        return Cell("not there", "attention", title="The host did not show this drive when it was last asked.")
    return Cell(drive.location)


def _temperature(drive: Drive, limits: BoardLimits) -> Cell:
    if drive.temperature_c is None:
        return Cell("–", "muted")
    hot = drive.temperature_c
    tone = "failed" if hot >= limits.temp_crit_c else "attention" if hot >= limits.temp_warn_c else ""
    return Cell(f"{hot} °C", tone)


def _health(drive: Drive) -> Cell:
    health = drive.smart_health.strip().upper()
    if health.startswith("FAIL"):
        return Cell("Failed", "failed", title="The drive's own SMART verdict is FAILED.")
    return Cell("OK") if health in ("PASSED", "OK") else Cell("–", "muted", title="SMART was not read yet.")


def _progress_cells(words: Words, address: str) -> dict[str, Cell]:
    figure = moment(words.at, "since", words.figure) if words.at else Cell(words.figure)
    text = cut(words.text, CELL_CHARS)
    return {"words": Cell(text, words.tone, title=text, href=address), "figure": figure}


def _time_cells(job: BurninJob | None, stages: Sequence[BurninStage], *, now: datetime) -> dict[str, Cell]:
    blank = {name: Cell() for name in ("rate", "finish", "left", "elapsed")}
    if job is None:
        return blank
    if job.finished_at:
        start = job.started_at or job.finished_at
        took = Cell(duration_text((job.finished_at - start).total_seconds()), "muted")
        ended = moment(job.finished_at, "day", f"{job.finished_at:%-d %b}", tone="muted")
        return {**blank, "finish": ended, "elapsed": took}
    end = finish_at(job, stages, now=now)
    running = next((stage for stage in stages if stage.state == StageState.RUNNING), None)
    return {
        "rate": rate_cell(running.rate_bps if running else None),
        "finish": moment(end, "clock", clock_text(end)),
        "left": moment(end, "left", duration_text((end - now).total_seconds()) if end else ""),
        "elapsed": moment(
            job.started_at,
            "elapsed",
            duration_text((now - job.started_at).total_seconds()) if job.started_at else "",
        ),
    }


def _address(job: BurninJob | None) -> str:
    return "" if job is None else reverse("jobs:job", args=[job.pk])


def blocked_reason(drive: Drive, job: BurninJob | None) -> str:
    """Return why this drive cannot be chosen for a burn-in, or nothing. The server asks again when it starts."""
    if job is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
        return "It is in a burn-in already."
    if overrides.hard_reasons(drive):  # what is only stale an admin may override, in the start dialog
        return f"In use: {in_use_text(drive)}."
    if not drive.present:
        return "It is not in its host at the moment."
    if drive.host.stopped:
        return f"All work on {drive.host.name} is stopped."
    if not drive.host.has_shell:
        return f"There is no SSH login for {drive.host.name}."
    return "It reports a size of 0 bytes." if drive.size_bytes <= 0 else ""
