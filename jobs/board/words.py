"""What a drive is doing, in words: words come before percent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from drives.models import Drive
from jobs.board.figures import clock_text, percent_text, since_text
from jobs.board.stage_facts import short_label_of
from jobs.models import BurninJob, BurninStage, JobState, StageState

ONLY_PERCENT = re.compile(r"\d{1,3} % done")
HALTS = ("cooling", "paused", "waiting", "interrupted")


@dataclass(frozen=True, slots=True)
class Words:
    """The stage cell: a sentence, its tone, and a figure at its right."""

    text: str
    tone: str = ""
    figure: str = ""
    at: datetime | None = None


def drive_words(drive: Drive, job: BurninJob | None, stages: Sequence[BurninStage], *, now: datetime) -> Words:
    """Say what the drive is doing, or how its last burn-in ended."""
    if job is None:
        return _idle_words(drive)
    if job.is_active:
        return active_words(job, stages, host_name=drive.host.name, now=now)
    if drive.in_use and job.state in (JobState.PASSED, JobState.CANCELLED):
        return Words(f"In use · {in_use_text(drive)}", "muted")
    return ended_words(job, stages)


def _idle_words(drive: Drive) -> Words:
    if drive.in_use:
        return Words(f"In use · {in_use_text(drive)}", "muted")
    if drive.smart_health.upper().startswith("FAIL"):
        return Words("Idle · the drive's own SMART verdict is FAILED", "attention")
    return Words("Idle", "muted")


def in_use_text(drive: Drive) -> str:
    """Return why nothing may write to this drive, in the host's words."""
    reasons = [str(entry.get("message", "")) for entry in drive.in_use if isinstance(entry, dict)]
    return "; ".join(reason.rstrip(".") for reason in reasons if reason) or "held by its host"


def active_words(job: BurninJob, stages: Sequence[BurninStage], *, host_name: str, now: datetime) -> Words:
    """Say what a queued or running burn-in does."""
    stage = current_stage(stages)
    doing = stage_words(stage) if stage else "Starting"
    figure = percent_text(stage.percent) if stage and stage.state == StageState.RUNNING else ""
    if job.cancel_requested_at or job.stop_reason:
        return Words(f"Cancelling · {doing}", "attention", figure)
    if job.paused_at:
        return Words(f"Paused by {job.paused_by} · {doing.removesuffix(', paused')}", "attention", figure)
    if job.waiting_since:
        return Words(
            first_sentence(job.waiting_reason) or f"Waiting for {host_name}",
            "attention",
            since_text(job.waiting_since, now),
            job.waiting_since,
        )
    if job.cooling_since:
        return Words(f"Cooling · {doing}", "attention", since_text(job.cooling_since, now), job.cooling_since)
    if job.state == JobState.QUEUED:
        return Words(f"Queued · {job.waiting_reason or 'starts when a slot is free'}", "muted")
    halted = stage and any(word in stage.message.lower() for word in HALTS)
    return Words(doing, "attention" if halted else "running", figure)


def current_stage(stages: Sequence[BurninStage]) -> BurninStage | None:
    """Return the stage that runs, else the one that comes next, else the last."""
    for state in (StageState.RUNNING, StageState.PENDING):
        for stage in stages:
            if stage.state == state:
                return stage
    return stages[-1] if stages else None


def stage_words(stage: BurninStage) -> str:
    """Return the stage and what it is at: Surface · verify 0x55."""
    name = short_label_of(stage.stage_name)
    message = shown_message(stage)
    return f"{name} · {message}" if message else name


def shown_message(stage: BurninStage) -> str:
    """Return what a stage says of itself, unless the figure beside it says that already."""
    return "" if ONLY_PERCENT.fullmatch(stage.message) else stage.message.rstrip(".")


def ended_words(job: BurninJob, stages: Sequence[BurninStage]) -> Words:
    """Say how a burn-in ended."""
    if job.state == JobState.PASSED:
        return Words(f"Passed · {passed_text(stages)}{_simulated(job)}", "passed")
    if job.state == JobState.CANCELLED:
        by = f" by {job.cancelled_by}" if job.cancelled_by else ""
        return Words(f"Cancelled{by} {clock_text(job.finished_at)}".rstrip(), "muted")
    reason = ended_reason(job, stages)
    if job.state == JobState.FAILED:
        return Words(f"Failed · {reason or 'see its findings'}{_simulated(job)}", "failed")
    return Words(f"Unknown · {reason or 'the run ended without a verdict'}{_simulated(job)}", "unknown")


def passed_text(stages: Sequence[BurninStage]) -> str:
    """Say what was proved, and nothing more."""
    written = [stage for stage in stages if stage.destructive and stage.state == StageState.PASSED]
    return "every block written and verified" if written else "SMART tests only, surface not tested"


def ended_reason(job: BurninJob, stages: Sequence[BurninStage]) -> str:
    """Return the first sentence of why the burn-in did not pass."""
    summary = str(job.verdict.get("summary", "")) if isinstance(job.verdict, dict) else ""
    errors = [stage.error_text for stage in stages if stage.error_text]
    text = summary or job.error_text or (errors[0] if errors else "")
    return first_sentence(text)


def first_sentence(text: str) -> str:
    """Return a text's first sentence without its full stop."""
    line = text.strip().split("\n", 1)[0]
    return line.split(". ", 1)[0].rstrip(".")


def _simulated(job: BurninJob) -> str:
    return " · simulated" if job.simulated else ""
