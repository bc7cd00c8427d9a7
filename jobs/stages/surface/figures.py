"""How far a surface test is, in bytes and percent. Pure."""

from collections.abc import Mapping
from typing import Any

from jobs.stages.base import Finding, Severity, StageReport, State, Verdict
from jobs.stages.runs import aside
from jobs.stages.surface import plan
from jobs.stages.surface.coverage import COMPARE, count, coverage

Progress = Mapping[str, Any] | None


def done_blocks(state: State, progress: Progress = None) -> tuple[int, int]:
    """Return the blocks of the current pattern that are written, and that are compared."""
    have = coverage(state["claims"])
    written, compared = count(have.written), count(have.compared)
    need = plan.need_of(state)
    if need is None or not progress or not progress.get("phase"):
        return written, compared
    length = need.last - need.first + 1
    here = min(max(0, _block_of(state, progress, need.last) - need.first), length)
    if state["leg"] == COMPARE:
        return written, compared + here
    if progress["phase"] == "verify":
        return written + length, compared + here
    return written + here, compared


def bytes_done(state: State, progress: Progress = None) -> int:
    """Return the bytes written plus verified so far; exact where the host shows the process's own offset."""
    if state["leg"] == plan.TAIL:
        return int(state["bytes_total"])
    done = sum(done_blocks(state, progress)) * int(state["block"])
    return 2 * int(state["index"]) * int(state["size"]) + min(done, 2 * int(state["size"]))


def percent(state: State, progress: Progress = None) -> float:
    """Return how far the stage is; never 100 before it is judged."""
    total = max(1, int(state["bytes_total"]))
    return min(99.9, round(100 * bytes_done(state, progress) / total, 2))


def phases(state: State, progress: Progress = None) -> list[dict[str, Any]]:
    """Return, per pattern, how far writing and verifying are, in percent."""
    blocks = state["last"] + 1
    here = [min(100.0, 100 * done / blocks) for done in done_blocks(state, progress)]
    rows = []
    for position, pattern in enumerate(state["patterns"]):
        write, verify = here if position == state["index"] else [100.0 if position < state["index"] else 0.0] * 2
        rows.append({"pattern": pattern, "write": round(write, 2), "verify": round(verify, 2)})
    return rows


def running_report(state: State, run: Mapping[str, Any]) -> StageReport:
    """Return the report of a leg that runs."""
    progress = run.get("progress") or {}
    words = plan.leg_words(state)
    if state["leg"] == plan.PATTERN:
        words = f"{progress.get('phase') or 'write'} {plan.pattern_of(state)}"
    pulse = [progress.get(name) for name in ("phase", "percent", "position", "done")]
    if plan.need_of(state) is None:
        progress = {}
    seen = {name: progress.get(name) for name in ("phase", "pattern", "percent", "position", "errors")}
    ours = {"run_id": run["run_id"], **seen} if progress else {}
    state = {**state, "phases": phases(state, progress), "seen": ours, "pulse": pulse}
    return report(state, words + aside(run), progress)


def report(state: State, words: str, progress: Progress = None, waiting: str = "") -> StageReport:
    """Return the report of a test that is under way."""
    return StageReport(
        Verdict.RUNNING,
        message=words,
        percent=percent(state, progress),
        bytes_done=bytes_done(state, progress),
        bytes_total=state["bytes_total"],
        bad_blocks=sum((progress or {}).get("errors") or [0]) or len(state["bad"]),
        findings=notes(state),
        state=state,
        waiting=waiting,
    )


def notes(state: State) -> tuple[Finding, ...]:
    """Return what happened to the test, for a person: none of it is evidence against the drive."""
    return tuple(Finding(row["code"], Severity.INFO, row["message"], data=row["data"]) for row in state["notes"])


def _block_of(state: State, progress: Mapping[str, Any], last: int) -> int:
    position = progress.get("position")
    if position is None:
        return int(float(progress.get("percent") or 0) / 100 * (last + 1))
    return int(position) // int(state["block"])
