"""The legs of a surface test: which is next, what it is called, and what is to be launched for it. Pure."""

from collections.abc import Mapping
from typing import Any

from jobs.stages import badblocks
from jobs.stages.badblocks import Geometry
from jobs.stages.base import Limits, State, Target
from jobs.stages.surface.coverage import COMPARE, WRITE, Need, coverage, next_need

PATTERN, RECHECK, SAMPLE, TAIL = "pattern", "recheck", "sample", "tail"
SAMPLES = 64
KEEP_LOG = 20_000


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
        "leg": PATTERN,
        "range": [0, geometry.last],
        "number": 0,
        "claims": [],
        "recheck": [],
        "proofs": [],
        "bad": [],
        "unplaced": [],
        "counts": [0, 0, 0],
        "pattern_errors": 0,
        "most_errors": 0,
        "gave_up": 0,
        "stalls": 0,
        "mark": 0,
        "interruptions": [],
        "notes": [],
        "runs": [],
        "run_id": "",
        "seen": {},
        "log": "",
        "bytes_total": 2 * len(badblocks.PATTERNS) * drive.size_bytes,
    }


def geometry_of(state: State) -> Geometry:
    """Return the geometry that the plan was frozen with."""
    return Geometry(state["block"], state["chunk"], state["last"], state["tail"])


def pattern_of(state: State) -> str:
    """Return the pattern of the current leg."""
    return str(state["patterns"][min(state["index"], len(state["patterns"]) - 1)])


def need_of(state: State) -> Need | None:
    """Return the range that the current leg is to prove; None for a leg that proves no coverage."""
    if state["leg"] not in (PATTERN, COMPARE):
        return None
    first, last = state["range"]
    return Need(WRITE if state["leg"] == PATTERN else COMPARE, first, last)


def with_leg(state: State, leg: str, first: int = 0, last: int = 0) -> State:
    """Return the state with another leg, which will be a run of its own."""
    return {**state, "leg": leg, "range": [first, last], "number": state["number"] + 1, "run_id": "", "seen": {}}


def with_next_leg(state: State) -> State | None:
    """Return the state with the leg that the pattern needs next, or None when the pattern is covered."""
    need = next_need(state["claims"], state["last"])
    if need is None:
        return None
    return with_leg(state, PATTERN if need.kind == WRITE else COMPARE, need.first, need.last)


def with_sample(state: State) -> State | None:
    """Return the state with a look at what was written, or None when nothing of this pattern was."""
    written = coverage(state["claims"]).written
    return with_leg(state, SAMPLE, *written[0]) if written else None


def leg_name(number: int) -> str:
    """Return a leg's part of the run's name. Another try is another run, and the next one's name can be told before."""
    return f"leg{number}"


def leg_words(state: State) -> str:
    """Return the current leg in words."""
    words = {
        TAIL: "the last bytes",
        RECHECK: f"locating errors of {pattern_of(state)}",
        SAMPLE: f"looking whether {pattern_of(state)} is still there",
        COMPARE: f"verify {pattern_of(state)}",
    }
    return words.get(state["leg"], f"pattern {pattern_of(state)}")


def command(state: State) -> dict[str, Any]:
    """Return what to launch for the current leg."""
    geometry, pattern = geometry_of(state), pattern_of(state)
    first, last = state["range"]
    if state["leg"] == TAIL:
        tail = {"name": "tail", "offset": geometry.covered, "length": geometry.tail}
        return {"engine": {**tail, "patterns": state["patterns"]}}
    if state["leg"] == SAMPLE:
        where = {"offset": first * geometry.block, "length": (last - first + 1) * geometry.block}
        size = {"block_size": geometry.block, "blocks": SAMPLES, "pattern": pattern}
        return {"engine": {"name": "sample", **where, **size}}
    if state["leg"] == RECHECK:
        first, last = state["recheck"][0]
    if state["leg"] in (RECHECK, COMPARE):
        return {"argv": badblocks.compare_argv(geometry, pattern, first, last, state["max_errors"])}
    return {"argv": badblocks.write_argv(geometry, pattern, state["max_errors"], first)}


def with_log(state: State, collected: Mapping[str, Any]) -> State:
    """Return the state with what the leg said added to its log."""
    run = collected["run"]
    text = f"{state['log']}— {run['run_id']} (exit {run.get('exit_code')})\n{collected['log'].strip()}\n"
    return {**state, "log": text[-KEEP_LOG:]}
