"""What the engine "stamped" is asked to do, and how far it is. Pure.

The whole surface is one run on the host: a pass of stamps and a pass of zeros, each written and then verified. A run
that was interrupted is followed by another one, which goes on at the checkpoint. The state is JSON and lives in the
stage row.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from jobs.stages.base import Limits, StageReport, State, Target, Verdict
from jobs.stages.runs import aside

STAMPED = "stamped"
PASSES: tuple[dict[str, Any], ...] = ({"kind": "stamp", "number": 1}, {"kind": "zero"})
NAMES = {"stamp": "stamps", "zero": "zeros"}
PHASES = ("write", "verify")
MOST_INTERRUPTIONS = 3  # in a row, without any progress between them
MOST_RESTARTS = 2
LEAST_ERRORS, MOST_ERRORS = 100, 10_000  # the engine takes no more
KEEP_LOG = 20_000
SLACK = 2**30  # a resumed run goes back by less than this, and its checkpoint knows more than our copy


def first_state(drive: Target, limits: Limits, run_key: str) -> State:
    """Return the plan for a drive."""
    return {
        "engine": STAMPED,
        "size": drive.size_bytes,
        "passes": [dict(entry) for entry in PASSES],
        "max_errors": min(MOST_ERRORS, max(LEAST_ERRORS, limits.bad_block_threshold + 1)),
        "run_stamp": run_stamp(run_key, drive.serial, 0),
        "checkpoint": {},
        "reached": [0, 0, 0],
        "resumed_from": "",
        "launches": 0,
        "tries": 0,
        "restarts": 0,
        "interruptions": [],
        "notes": [],
        "runs": [],
        "run_id": "",
        "log": "",
        "bytes_total": len(PHASES) * len(PASSES) * drive.size_bytes,
        "phases": phases(None),
    }


def run_stamp(run_key: str, serial: str, restarts: int) -> str:
    """Return 16 hexadecimal digits that stand in every block: the same after a crash, others after a fresh start.

    Were they the same after a fresh start, what the first left behind would hide writes that are lost in the second.
    """
    return hashlib.sha256(f"{run_key} {serial} {restarts}".encode()).hexdigest()[:16]


def engine(state: State, start: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to launch; `start` is a checkpoint, or empty."""
    asked = {
        "name": STAMPED,
        "run_stamp": state["run_stamp"],
        "passes": state["passes"],
        "verify": True,
        "max_errors": state["max_errors"],
    }
    return {**asked, "start": dict(start)} if start else asked


def checkpoint_in(state: State, run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checkpoint that a run shows, or an empty one."""
    found = (run.get("progress") or {}).get("checkpoint")
    return _as_start(state, found) if isinstance(found, Mapping) and "position" in found else {}


def _as_start(state: State, checkpoint: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checkpoint that a run can begin at: one behind the last pass is at the end of its verification."""
    last = len(state["passes"]) - 1
    if not checkpoint or int(checkpoint["pass"]) <= last:
        return dict(checkpoint)
    return {**checkpoint, "pass": last, "phase": PHASES[-1], "position": state["size"]}


def kept_checkpoint(state: State, run: Mapping[str, Any]) -> dict[str, Any]:
    """Return our copy of a run's newest checkpoint, for a host that loses its own. Without the bulky position log."""
    found = {name: value for name, value in checkpoint_in(state, run).items() if name != "position_log"}
    return found if found and place_of(found) >= place_of(state["checkpoint"]) else dict(state["checkpoint"])


def place_of(checkpoint: Mapping[str, Any]) -> list[int]:
    """Return where a checkpoint is, for comparing two of them."""
    if not checkpoint:
        return [0, 0, 0]
    return [int(checkpoint["pass"]), PHASES.index(checkpoint["phase"]), int(checkpoint["position"])]


def best_start(state: State, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the next run begins: at the whole checkpoint on the host, unless it is far behind our copy."""
    on_host, ours = checkpoint_in(state, earlier), place_of(state["checkpoint"])
    place = place_of(on_host)
    if on_host and (place >= ours or (place[:2] == ours[:2] and place[2] + SLACK >= ours[2])):
        return on_host
    return _as_start(state, state["checkpoint"])


def after_interruption(state: State, run: Mapping[str, Any], why: str) -> State:
    """Return the state that makes the next launch go on. `tries` counts interruptions without progress."""
    checkpoint = kept_checkpoint(state, run)
    place = place_of(checkpoint)
    further = place > list(state["reached"])
    return {
        **state,
        "checkpoint": checkpoint,
        "reached": place if further else state["reached"],
        "tries": 0 if further else state["tries"] + 1,
        "resumed_from": state["run_id"] if checkpoint_in(state, run) else state["resumed_from"],
        "interruptions": [*state["interruptions"], why][-20:],
        "run_id": "",
    }


def after_mismatch(state: State, run_key: str, serial: str, note: Mapping[str, Any]) -> State:
    """Return the state that makes the next launch begin again, with other stamps than before."""
    restarts = state["restarts"] + 1
    return {
        **state,
        "restarts": restarts,
        "run_stamp": run_stamp(run_key, serial, restarts),
        "checkpoint": {},
        "reached": [0, 0, 0],
        "resumed_from": "",
        "tries": 0,
        "notes": [*state["notes"], dict(note)],
        "run_id": "",
        "phases": phases(None),
    }


def name_of(state: State, index: int) -> str:
    """Return a pass in a word."""
    return NAMES[state["passes"][min(index, len(state["passes"]) - 1)]["kind"]]


def phases(progress: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return, per pass, how far writing and verifying are, in percent."""
    told = progress or {}
    here, verifying = int(told.get("pass") or 0), told.get("phase") == "verify"
    share = round(float(told.get("percent") or 0.0), 2)
    rows = []
    for index, entry in enumerate(PASSES):
        write = verify = 100.0 if index < here else 0.0
        if index == here:
            write, verify = (100.0, share) if verifying else (share, 0.0)
        rows.append({"pattern": NAMES[entry["kind"]], "write": write, "verify": verify})
    return rows


def bytes_done(state: State, progress: Mapping[str, Any] | None) -> int:
    """Return the bytes written plus verified so far; before a resumed run says so itself, those of its checkpoint."""
    told = (progress or {}).get("bytes_done")
    if told is None:
        index, phase, position = place_of(state["checkpoint"])
        told = (len(PHASES) * index + phase) * int(state["size"]) + position
    return min(int(told), int(state["bytes_total"]))


def percent(state: State, progress: Mapping[str, Any] | None) -> float:
    """Return how far the stage is; never 100 before it is judged."""
    return min(99.9, round(100 * bytes_done(state, progress) / max(1, int(state["bytes_total"])), 2))


def running_report(state: State, run: Mapping[str, Any], message: str = "") -> StageReport:
    """Return the report of a run that works, or of one that is about to."""
    progress = dict(run.get("progress") or {})
    shown = progress if "phase" in progress else _as_progress(state)
    words = (message or f"{shown['phase']} {name_of(state, int(shown.get('pass') or 0))}") + aside(run)
    return StageReport(
        Verdict.RUNNING,
        message=words,
        percent=percent(state, progress),
        bytes_done=bytes_done(state, progress),
        bytes_total=state["bytes_total"],
        bad_blocks=sum(progress.get("errors") or [0]),
        state={
            **state,
            "phases": phases(shown),
            "checkpoint": kept_checkpoint(state, run),
            "pulse": [progress.get(name) for name in ("pass", "phase", "percent", "bytes_done")],
        },
    )


def _as_progress(state: State) -> dict[str, Any]:
    index, phase, position = place_of(state["checkpoint"])
    share = 100.0 * position / max(1, int(state["size"]))
    return {"pass": index, "phase": PHASES[phase], "percent": share}


def with_log(state: State, collected: Mapping[str, Any]) -> State:
    """Return the state with what a run came to added to its log."""
    run, result = collected["run"], collected.get("result") or {}
    lines = [f"— {run['run_id']} (exit {run.get('exit_code')})"]
    for index, done in enumerate(result.get("passes") or []):
        lines.append(
            f"{name_of(state, index)}: {done['bytes_written']} bytes written in {done['write_seconds']:.0f} s, "
            f"{done['bytes_verified']} verified in {done['verify_seconds']:.0f} s, {done['errors']} errors"
        )
    for error in (result.get("errors") or [])[:100]:
        words = f"{name_of(state, error['pass'])}, {error['phase']}: block {error['block']} {error['kind']}"
        lines.append(f"{words} ({error.get('found', '')})")
    if result.get("stopped"):
        lines.append(f"stopped: {result['stopped']}")
    text = "\n".join([*lines, str(collected.get("log") or "").strip()]).strip()
    return {**state, "log": f"{state['log']}{text}\n"[-KEEP_LOG:]}
