"""Makes a position log of what the observer sees, for engines that keep none. Pure.

The log lives as JSON in the stage's row; its passes look like those of the own engine's position log.
A look tells where the process is at that moment. Two looks make a rate, which is spread over the places between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MEGABYTE = 10**6
PLACES = 100
LONGEST_GAP_S = 30.0  # between two looks; who was away longer does not know when the drive stood still
State = dict[str, Any]


def places_for(size_bytes: int, step_bytes: int) -> int:
    """Return how many places a drive is cut into: a hundred, or fewer where the engine's steps are wider than that."""
    return max(1, min(PLACES, size_bytes // max(1, step_bytes)))


@dataclass(frozen=True, slots=True)
class Look:
    """A pass was seen at `position` bytes at the time `now` (seconds, by the host's clock)."""

    number: int
    phase: str
    position: int
    now: float


def note(log: State | None, look: Look, *, size: int, places: int) -> State:
    """Return the log after one more look at a drive of this size (bytes)."""
    state = dict(log or {"passes": [], "open": None})
    seen, position, now = state["open"], look.position, look.now
    if seen is None or (seen["pass"], seen["phase"]) != (look.number, look.phase) or position < seen["at"]:
        return {**closed(state), "open": _opened(look, places)}
    if seen["looked"] is None or not 0 <= now - seen["looked"] <= LONGEST_GAP_S:
        return {**state, "open": {**seen, "at": position, "since": now, "looked": now}}
    fresh = {**seen, "looked": now}
    if position > seen["at"]:  # until then the time belongs to the step that is under way
        fresh |= {"bytes": list(seen["bytes"]), "seconds": list(seen["seconds"]), "at": position, "since": now}
        _spread(fresh, seen["at"], position, size, now - seen["since"])
    return {**state, "open": fresh}


def still(log: State | None) -> State | None:
    """Return the log after a look at a process that was paused: the time until it moves again does not count."""
    if not log or log["open"] is None:
        return log
    return {**log, "open": {**log["open"], "looked": None}}


def closed(log: Mapping[str, Any]) -> State:
    """Return the log with its open pass among the finished ones, if something was measured in it."""
    seen = log["open"]
    state: State = {"passes": list(log["passes"]), "open": None}
    if seen is not None and any(seen["seconds"]):
        rates = [
            round(count / seconds / MEGABYTE, 1) if seconds > 0 else None
            for count, seconds in zip(seen["bytes"], seen["seconds"], strict=True)
        ]
        state["passes"].append({"pass": seen["pass"], "phase": seen["phase"], "mbps": rates, "worst_ms": []})
    return state


def _opened(look: Look, places: int) -> State:
    return {
        "pass": look.number,
        "phase": look.phase,
        "at": look.position,
        "since": look.now,
        "looked": look.now,
        "bytes": [0] * places,
        "seconds": [0] * places,
    }


def _spread(seen: State, start: int, end: int, size: int, seconds: float) -> None:
    """Share bytes and seconds out over the places between two positions."""
    places = len(seen["bytes"])
    width = max(1.0, size / places)
    for place in range(min(places - 1, int(start / width)), min(places - 1, int((end - 1) / width)) + 1):
        inside = min(end, (place + 1) * width) - max(start, place * width)
        if inside > 0:
            seen["bytes"][place] = round(seen["bytes"][place] + inside)
            seen["seconds"][place] = round(seen["seconds"][place] + seconds * inside / (end - start), 3)
