"""How a surface test goes on after its run was cut off: what is kept, what is done again, and when to give up. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.stages.badblocks import numbers_in
from jobs.stages.base import State
from jobs.stages.surface import figures, plan
from jobs.stages.surface.places import Claims, best_claims, claims_before_error

MOST_STALLS = 3


@dataclass(frozen=True, slots=True)
class Cut:
    """A run that was cut off: why (the end of a sentence), the places it was seen at, and what it printed."""

    why: str
    places: tuple[Mapping[str, Any], ...] = ()
    stdout: str = ""
    log: str = ""
    gone: bool = False  # the drive itself went away: then what failed is no bad block
    in_use: str = ""  # what to say when it never began, because somebody else uses the drive


def places_of(state: State, run: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return every place at which the run was seen: by its keeper, by its own words, and by us."""
    seen = state.get("seen") or {}
    ours = seen if seen.get("run_id") == state["run_id"] else None
    return tuple(place for place in (run.get("checkpoint"), run.get("progress"), ours) if place)


def go_on(state: State, cut: Cut, *, when: str) -> State:
    """Return the state with what is kept of the leg, and with the leg that comes next."""
    before = max(figures.bytes_done(state, place) for place in (*cut.places, None))
    state = _keep(state, cut)
    kept = figures.bytes_done(state)
    told = {"at": when, "why": cut.why, "lost_bytes": max(0, before - kept)}
    state = {
        **state,
        "interruptions": [*state["interruptions"], told][-100:],
        "stalls": 0 if kept > state["mark"] else state["stalls"] + 1,
        "mark": kept,
    }
    return next_leg(state)


def next_leg(state: State) -> State:
    """Return the state with the leg that follows a cut: never a writing before a look at what is there."""
    if state["leg"] in (plan.TAIL, plan.RECHECK):
        return plan.with_leg(state, state["leg"])
    return plan.with_sample(state) or plan.with_next_leg(state) or plan.with_leg(state, plan.PATTERN, 0, state["last"])


def has_stalled(state: State) -> bool:
    """Return whether it was cut off so often without getting any further that it makes no sense to go on."""
    return int(state["stalls"]) >= MOST_STALLS


def after_sample(state: State, result: Mapping[str, Any]) -> State:
    """Return what follows from the look at what was written: go on, or write the pattern again and say why."""
    strange = [number for number in result["mismatches"] if not _known_bad(state, int(number))]
    if not strange:
        return plan.with_next_leg(state) or state
    pattern, kept = plan.pattern_of(state), figures.bytes_done(state)
    message = (
        f"{len(strange)} of {result['checked']} random blocks no longer held the pattern {pattern} after the test had "
        "been interrupted: somebody wrote to the drive meanwhile, or it lost data. The pattern was started again."
    )
    data = {"pattern": pattern, "blocks": strange[:100], "checked": result["checked"], "bytes_again": kept}
    note = {"code": "pattern_restarted", "message": message, "data": data}
    state = {**state, "claims": [], "notes": [*state["notes"], note][-20:]}
    return plan.with_leg({**state, "mark": figures.bytes_done(state)}, plan.PATTERN, 0, state["last"])


def _keep(state: State, cut: Cut) -> State:
    need = plan.need_of(state)
    if need is None:
        return state
    geometry = plan.geometry_of(state)
    reported = sorted(set(numbers_in(cut.stdout)))
    if cut.gone:
        write_errors = max((list(place.get("errors") or (0, 0, 0))[1] for place in cut.places), default=0)
        claims = claims_before_error(need, geometry, cut.log, reported, write_errors=write_errors)
        if reported:
            return _with(state, claims, ())
    claims, errors, safe = best_claims(need, plan.pattern_of(state), geometry, cut.places)
    if errors > len(reported):
        return state  # bad blocks whose numbers went down with the host: the leg must find them again
    return _with(state, claims, [number for number in reported if number < safe + geometry.chunk])


def _with(state: State, claims: Claims, suspects: Iterable[int]) -> State:
    state = {**state, "claims": [*state["claims"], *claims]}
    found = sorted({*state["unplaced"], *suspects})
    if len(found) == len(state["unplaced"]):
        return state
    return {**state, "unplaced": found, "suspects": found, "pattern_errors": state["pattern_errors"] + 1}


def _known_bad(state: State, number: int) -> bool:
    known = (*state["bad"], *state["unplaced"])
    return any(bad - state["chunk"] <= number <= bad + state["chunk"] for bad in known)
