"""The legs of a surface test and what each proves. Pure.

A leg is one run on the host: a pattern (write and verify the whole drive), a recheck (compare a suspect range again,
because badblocks gives wrong numbers for corruption), or the tail (the bytes behind the last whole block). The state is
JSON and lives in the stage row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.stages import badblocks
from jobs.stages.badblocks import Geometry, Result, span_text
from jobs.stages.base import Finding, Limits, Proof, Severity, StageReport, State, Target, Verdict

KEEP_LOG = 20_000
KEEP_BLOCKS = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a leg that ended."""

    state: State
    finished: bool = False
    doubt: str = ""


def first_state(drive: Target, limits: Limits) -> State:
    """Return the plan for a drive: four patterns, then the tail if there is one."""
    geometry = badblocks.choose_geometry(drive.size_bytes, drive.physical_block)
    return {
        "block": geometry.block,
        "chunk": geometry.chunk,
        "last": geometry.last,
        "tail": geometry.tail,
        "size": drive.size_bytes,
        "max_errors": max(256, limits.bad_block_threshold + 1),
        "patterns": list(badblocks.PATTERNS),
        "index": 0,
        "leg": "pattern",
        "tries": 0,
        "recheck": [],
        "proofs": [],
        "bad": [],
        "unplaced": [],
        "counts": [0, 0, 0],
        "interruptions": [],
        "runs": [],
        "run_id": "",
        "log": "",
        "bytes_total": 2 * len(badblocks.PATTERNS) * drive.size_bytes,
        "phases": phases([], 0, None),
    }


def geometry_of(state: State) -> Geometry:
    """Return the geometry that the plan was frozen with."""
    return Geometry(state["block"], state["chunk"], state["last"], state["tail"])


def pattern_of(state: State) -> str:
    """Return the pattern of the current leg."""
    return str(state["patterns"][min(state["index"], len(state["patterns"]) - 1)])


def leg_name(state: State) -> str:
    """Return the current leg's part of the run's name; another try is another run."""
    extra = f"r{len(state['recheck'])}" if state["leg"] == "recheck" else ""
    return f"{state['leg']}{state['index']}{extra}t{state['tries']}"


def leg_words(state: State) -> str:
    """Return the current leg in words."""
    if state["leg"] == "tail":
        return "the last bytes"
    if state["leg"] == "recheck":
        return f"locating errors of {pattern_of(state)}"
    return f"pattern {pattern_of(state)}"


def command(state: State) -> dict[str, Any]:
    """Return what to launch for the current leg."""
    geometry, pattern = geometry_of(state), pattern_of(state)
    if state["leg"] == "tail":
        tail = {"name": "tail", "offset": geometry.covered, "length": geometry.tail}
        return {"engine": {**tail, "patterns": state["patterns"]}}
    if state["leg"] == "recheck":
        first, last = state["recheck"][0]
        return {"argv": badblocks.compare_argv(geometry, pattern, first, last, state["max_errors"])}
    return {"argv": badblocks.write_argv(geometry, pattern, state["max_errors"])}


def phases(done: list[str], index: int, progress: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return, per pattern, how far writing and verifying are, in percent."""
    rows = []
    for position, pattern in enumerate(badblocks.PATTERNS):
        write = verify = 100.0 if pattern in done or position < index else 0.0
        if position == index and progress and pattern not in done:
            share = float(progress.get("percent") or 0.0)
            write, verify = (share, 0.0) if progress.get("phase") != "verify" else (100.0, share)
        rows.append({"pattern": pattern, "write": round(write, 2), "verify": round(verify, 2)})
    return rows


def bytes_done(state: State, progress: Mapping[str, Any] | None) -> int:
    """Return the bytes written plus verified so far; exact where the host shows the process's own offset."""
    if state["leg"] == "tail":
        return int(state["bytes_total"])
    done = 2 * int(state["index"]) * int(state["size"])
    if state["leg"] == "recheck":
        return done + 2 * int(state["size"])
    if progress and progress.get("phase"):
        verified = progress["phase"] == "verify"
        position = progress.get("position")
        if position is None:
            position = int(float(progress.get("percent") or 0) / 100 * state["size"])
        done += min(int(position), int(state["size"])) + (int(state["size"]) if verified else 0)
    return done


def percent(state: State, progress: Mapping[str, Any] | None) -> float:
    """Return how far the stage is; never 100 before it is judged."""
    total = max(1, int(state["bytes_total"]))
    return min(99.9, round(100 * bytes_done(state, progress) / total, 2))


def running_report(state: State, run: Mapping[str, Any]) -> StageReport:
    """Return the report of a leg that runs."""
    progress = run.get("progress") or {}
    words = leg_words(state)
    if state["leg"] == "pattern":
        words = f"{progress.get('phase') or 'write'} {pattern_of(state)}"
    if run.get("paused"):
        words += ", paused"
    shown = phases([], state["index"], progress if state["leg"] == "pattern" else None)
    return StageReport(
        Verdict.RUNNING,
        message=words,
        percent=percent(state, progress),
        bytes_done=bytes_done(state, progress),
        bytes_total=state["bytes_total"],
        bad_blocks=sum(progress.get("errors") or [0]) or len(state["bad"]),
        state={**state, "phases": shown},
    )


def with_log(state: State, collected: Mapping[str, Any]) -> State:
    """Return the state with what the leg said added to its log."""
    run = collected["run"]
    text = f"{state['log']}— {run['run_id']} (exit {run.get('exit_code')})\n{collected['log'].strip()}\n"
    return {**state, "log": text[-KEEP_LOG:]}


def judge_leg(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    """Judge the leg that ended and say what is next."""
    if state["leg"] == "tail":
        return _judge_tail(state, collected)
    if state["leg"] == "recheck":
        return _judge_recheck(state, collected, limits)
    return _judge_pattern(state, collected, limits)


def _judge_pattern(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    geometry, pattern, run = geometry_of(state), pattern_of(state), collected["run"]
    text = str(collected["stdout"])
    result = badblocks.judge_write(geometry, pattern, collected["log"], text, run["exit_code"])
    doubts = list(result.doubts)
    if run.get("guard_checked") is False:
        doubts.append("the host could not show that badblocks had this very drive open")
    if doubts:
        return Step(state, doubt="; ".join(doubts))
    counts = [
        a + b for a, b in zip(state["counts"], (result.read_errors, result.write_errors, result.corrupted), strict=True)
    ]
    claim = f"blocks 0 to {geometry.last} of {geometry.block} bytes written and compared, {result.errors} errors"
    state = {
        **state,
        "counts": counts,
        "tries": 0,
        "proofs": [
            *state["proofs"],
            {"label": f"Pattern {pattern}", "value": claim, "ok": not result.errors},
        ],
    }
    if not result.errors:
        return _after_pattern(state)
    return _locate(state, geometry, result, limits)


def _locate(state: State, geometry: Geometry, result: Result, limits: Limits) -> Step:
    ranges = badblocks.suspect_ranges(geometry, result.reported)
    if not ranges:
        return _after_errors({**state, "unplaced": list(result.reported)[:KEEP_BLOCKS]}, limits)
    state = {
        **state,
        "leg": "recheck",
        "recheck": [list(pair) for pair in ranges],
        "unplaced": list(result.reported)[:KEEP_BLOCKS],
    }
    return Step(state)


def _judge_recheck(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    first, last = state["recheck"][0]
    run = collected["run"]
    text = str(collected["stdout"])
    result = badblocks.judge_compare(first, last, collected["log"], text, run["exit_code"])
    if result.doubts:
        return Step(state, doubt="; ".join(result.doubts))
    bad = sorted({*state["bad"], *result.reported})[:KEEP_BLOCKS]
    state = {**state, "bad": bad, "recheck": state["recheck"][1:], "tries": 0}
    return Step(state) if state["recheck"] else _after_errors(state, limits)


def _after_errors(state: State, limits: Limits) -> Step:
    """More bad blocks than allowed end the test: more patterns would cost days and change nothing."""
    count = bad_count(state)
    if count > limits.bad_block_threshold:
        return Step({**state, "leg": "pattern"}, finished=True)
    return _after_pattern({**state, "leg": "pattern"})


def _after_pattern(state: State) -> Step:
    index = state["index"] + 1
    state = {**state, "index": index, "leg": "pattern", "tries": 0}
    if index < len(state["patterns"]):
        return Step(state)
    if state["tail"]:
        return Step({**state, "leg": "tail"})
    return Step(state, finished=True)


def _judge_tail(state: State, collected: Mapping[str, Any]) -> Step:
    result = collected.get("result") or {}
    if collected["run"]["exit_code"] != 0 or not result.get("complete"):
        return Step(state, doubt="the bytes behind the last whole block could not be tested")
    ranges = result.get("bad_ranges", [])
    proof = {
        "label": "Last bytes",
        "value": f"{state['tail']} bytes behind block {state['last']} written and compared, {len(ranges)} errors",
        "ok": not ranges,
    }
    counts = [state["counts"][0], state["counts"][1], state["counts"][2] + len(ranges)]
    bad = sorted({*state["bad"], *([state["last"] + 1] if ranges else [])})
    return Step({**state, "proofs": [*state["proofs"], proof], "counts": counts, "bad": bad}, finished=True)


def bad_count(state: State) -> int:
    """Return how many blocks are bad: the located ones, or all that were reported where none could be located."""
    return len(state["bad"]) or len(state["unplaced"]) or sum(state["counts"])


def final_report(state: State, limits: Limits) -> StageReport:
    """Return the verdict. PASSED needs a proof for each pattern and, where there is one, for the tail."""
    count = bad_count(state)
    needed = len(state["patterns"]) + bool(state["tail"])
    proofs = tuple(Proof(**row) for row in state["proofs"])
    failed = count > limits.bad_block_threshold
    total = int(state["bytes_total"])
    done = min(total, 2 * (int(state["index"]) + 1) * int(state["size"])) if failed else total
    if not failed and len(proofs) != needed:
        return StageReport(
            Verdict.UNKNOWN,
            message=f"The surface test proves nothing: {len(proofs)} of {needed} parts were shown to be complete.",
            state=state,
            log=state["log"],
        )
    return StageReport(
        Verdict.FAILED if failed else Verdict.PASSED,
        message=_words(state, count),
        percent=round(100 * done / max(1, total), 2),
        bytes_done=done,
        bytes_total=total,
        findings=_findings(state, count, failed=failed),
        proof=proofs,
        bad_blocks=count,
        log=state["log"],
        state={**state, "phases": phases([], state["index"], None)},
    )


def _words(state: State, count: int) -> str:
    if not count:
        return "Every block was written and verified"
    kinds = ("unreadable", "unwritable", "corrupted")
    named = [kind for kind, number in zip(kinds, state["counts"], strict=True) if number]
    kind = named[0] if len(named) == 1 else "bad"
    return f"{count} {kind} block{'s' if count != 1 else ''}"


def _findings(state: State, count: int, *, failed: bool) -> tuple[Finding, ...]:
    if not count:
        return ()
    read, write, corrupt = state["counts"]
    located = bool(state["bad"])
    blocks = state["bad"] or state["unplaced"]
    where = (
        f"at {span_text(blocks)}"
        if located
        else f"near {span_text(blocks)} (they did not show again when the place was read once more)"
    )
    advice = (
        " Test the drive on another port before you blame it: memory or the controller can also do this."
        if corrupt and not read
        else ""
    )
    return (
        Finding(
            code="bad_blocks",
            severity=Severity.FAILURE if failed else Severity.WARNING,
            message=f"{_words(state, count)} {where}, counted in blocks of {state['block']} bytes.{advice}",
            data={
                "block_size": state["block"],
                "blocks": blocks,
                "located": located,
                "read_errors": read,
                "write_errors": write,
                "corrupted": corrupt,
                "pattern": pattern_of(state),
            },
        ),
    )
