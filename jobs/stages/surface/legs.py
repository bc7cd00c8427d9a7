"""What a leg that ended by itself proves, and what follows from it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.stages import badblocks
from jobs.stages.badblocks import Result
from jobs.stages.base import Limits, State
from jobs.stages.surface import interruption, plan
from jobs.stages.surface.coverage import COMPARE, WRITE, claim, coverage

KEEP_BLOCKS = 1_000
MOST_TIMES_GIVEN_UP = 2


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a leg that ended."""

    state: State
    finished: bool = False
    doubt: str = ""


def judge_leg(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    """Judge the leg that ended and say what is next."""
    judges = {plan.TAIL: _judge_tail, plan.SAMPLE: _judge_sample, plan.RECHECK: _judge_recheck}
    return judges.get(state["leg"], _judge_range)(state, collected, limits)


def found_errors(collected: Mapping[str, Any]) -> bool:
    """Return whether a leg reported anything that might be the drive's fault."""
    result = collected.get("result") or {}
    return bool(str(collected["stdout"]).strip() or result.get("bad_ranges") or result.get("mismatches"))


def _judge_range(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    """Judge a pattern, or the rest of one: what it did is claimed, what it found is located."""
    geometry, pattern, run = plan.geometry_of(state), plan.pattern_of(state), collected["run"]
    first, last = state["range"]
    log, text = collected["log"], str(collected["stdout"])
    if state["leg"] == COMPARE:
        result = badblocks.judge_compare(first, last, log, text, run["exit_code"])
    else:
        result = badblocks.judge_write(geometry, pattern, log, text, run["exit_code"], first=first)
    doubts = list(result.doubts)
    if run.get("guard_checked") is False:
        doubts.append("the host could not show that badblocks had this very drive open")
    if doubts:
        return Step(state, doubt="; ".join(doubts))
    state = _claimed(state, result)
    suspects = sorted({*result.reported, *state.get("suspects", ())})
    if suspects or result.errors:
        return _locate({**state, "suspects": []}, suspects, limits)
    return _after_range(state)


def _claimed(state: State, result: Result) -> State:
    first, last = state["range"]
    done = [*(claim(WRITE, first, last) if state["leg"] == plan.PATTERN else []), *claim(COMPARE, first, last)]
    found = (result.read_errors, result.write_errors, result.corrupted)
    return {
        **state,
        "claims": [*state["claims"], *([] if result.gave_up else done)],
        "gave_up": state["gave_up"] + result.gave_up,
        "counts": [a + b for a, b in zip(state["counts"], found, strict=True)],
        "pattern_errors": state["pattern_errors"] + result.errors,
        "most_errors": max(state.get("most_errors", 0), result.errors),
    }


def _locate(state: State, suspects: Iterable[int], limits: Limits) -> Step:
    suspects = list(suspects)
    state = {**state, "unplaced": _kept({*state["unplaced"], *suspects}, limits)}
    ranges = badblocks.suspect_ranges(plan.geometry_of(state), suspects)
    if not ranges:
        return _after_errors(state, limits)
    return Step(plan.with_leg({**state, "recheck": [list(pair) for pair in ranges]}, plan.RECHECK))


def _kept(blocks: set[int], limits: Limits) -> list[int]:
    """Return the blocks to remember: however many are forgiven, there is room for one more."""
    return sorted(blocks)[: max(KEEP_BLOCKS, limits.bad_block_threshold + 1)]


def _judge_recheck(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    first, last = state["recheck"][0]
    text = str(collected["stdout"])
    result = badblocks.judge_compare(first, last, collected["log"], text, collected["run"]["exit_code"])
    if result.doubts:
        return Step(state, doubt="; ".join(result.doubts))
    read, write, corrupt = state["counts"]
    state = {
        **state,
        "bad": _kept({*state["bad"], *result.reported}, limits),
        "counts": [read, write, max(corrupt, result.corrupted)],
        "recheck": state["recheck"][1:],
    }
    return Step(plan.with_leg(state, plan.RECHECK)) if state["recheck"] else _after_errors(state, limits)


def _after_errors(state: State, limits: Limits) -> Step:
    """What fails the drive ends the test: more patterns would cost days and change nothing."""
    if condemns(state, limits):
        return Step({**state, "leg": plan.PATTERN, "proofs": [*state["proofs"], _proof(state)]}, finished=True)
    if state["gave_up"] >= MOST_TIMES_GIVEN_UP:
        return Step(state, doubt="badblocks gave up over errors that do not show again; check cable and port")
    return _after_range(state)


def _after_range(state: State) -> Step:
    """Go on with what the pattern still lacks; only whole coverage is a proof."""
    more = plan.with_next_leg(state)
    if more is not None:
        return Step(more)
    state = {**state, "proofs": [*state["proofs"], _proof(state)]}
    index = state["index"] + 1
    state = {**state, "index": index, "pattern_errors": 0, "gave_up": 0}
    if index < len(state["patterns"]):
        return Step(plan.with_leg({**state, "claims": []}, plan.PATTERN, 0, state["last"]))
    if state["tail"]:
        return Step(plan.with_leg({**state, "claims": []}, plan.TAIL))
    return Step(state, finished=True)


def _proof(state: State) -> dict[str, Any]:
    """Return the line of evidence for the current pattern, which its claims cover from the first block to the last."""
    errors = state["pattern_errors"]
    parts = sum(1 for each in state["claims"] if each["did"] == COMPARE)
    whole = coverage(state["claims"]).is_whole(state["last"])
    done = "written and compared" if whole else "tested until there were too many errors"
    value = f"blocks 0 to {state['last']} of {state['block']} bytes {done}, {errors} errors"
    pieces = f", in {parts} parts" if parts > 1 else ""
    return {"label": f"Pattern {plan.pattern_of(state)}", "value": value + pieces, "ok": whole and not errors}


def _judge_sample(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    result = collected.get("result") or {}
    if collected["run"]["exit_code"] != 0 or not result.get("complete"):
        return Step(state, doubt="what was written before the interruption could not be looked at")
    return Step(interruption.after_sample(state, result))


def _judge_tail(state: State, collected: Mapping[str, Any], limits: Limits) -> Step:
    result = collected.get("result") or {}
    if collected["run"]["exit_code"] != 0 or not result.get("complete"):
        return Step(state, doubt="the bytes behind the last whole block could not be tested")
    ranges = result.get("bad_ranges", [])
    proof = {
        "label": "Last bytes",
        "value": f"{state['tail']} bytes behind block {state['last']} written and compared, {len(ranges)} errors",
        "ok": not ranges,
    }
    counts = list(state["counts"])
    counts[_tail_kind(result)] += len(ranges)
    bad = sorted({*state["bad"], *([state["last"] + 1] if ranges else [])})
    return Step({**state, "proofs": [*state["proofs"], proof], "counts": counts, "bad": bad}, finished=True)


def _tail_kind(result: Mapping[str, Any]) -> int:
    """Return which of the counts the errors of the tail belong to: what is not all read or write errors is worse."""
    kinds = {error["kind"] for each in result.get("patterns") or () for error in each.get("errors") or ()}
    if kinds and kinds <= {"read", "write"}:
        return int("read" not in kinds)
    return 2


def condemns(state: State, limits: Limits) -> bool:
    """Say whether what was found fails the drive: wrong content always does, bad blocks above what is forgiven."""
    return bool(state["counts"][2]) or bad_count(state) > limits.bad_block_threshold


def bad_count(state: Mapping[str, Any]) -> int:
    """Return how many blocks are held against the drive: all that were reported, however few of them were located."""
    reported = max(len(state.get("unplaced") or ()), state.get("most_errors", 0))
    return max(len(state.get("bad") or ()), reported) or sum(state.get("counts") or ())
