"""From the states of a job's stages to a case. Pure."""

from collections.abc import Mapping
from typing import Any

from jobs import pace, pace_watch
from jobs.heat import Exposure
from jobs.stages.base import Limits, State
from jobs.stages.surface.legs import bad_count
from jobs.verdict.case import Case, Facts, SelfTestResult, Surface
from jobs.verdict.policy import Policy, choose_policy

PRECHECK, SURFACE, FINAL = "precheck", "surface_validate", "final_check"
SELF_TESTS = {"short_smart": "short", "long_smart": "long"}
PASSED = "passed"


def build_case(
    *,
    states: Mapping[str, State],
    ended: Mapping[str, tuple[str, str]],
    after: Facts | None,
    heat: Exposure | None,
    limits: Limits,
) -> Case:
    """Return the case of a job. `ended`: per stage of its plan how it ended, and its sentence."""
    before = (states.get(PRECHECK) or {}).get("smart")
    surface = states.get(SURFACE) or {}
    return Case(
        policy=policy_of(states, limits),
        before=before,
        after=after,
        surface=_surface(surface, limits, passed=ended.get(SURFACE, ("", ""))[0] == PASSED),
        self_tests=[SelfTestResult(SELF_TESTS[name], *ending) for name, ending in ended.items() if name in SELF_TESTS],
        heat=heat,
        passes=passes_of(surface),
    )


def policy_of(states: Mapping[str, State], limits: Limits) -> Policy:
    """Return the policy that was frozen at the precheck; burn-ins from before that have none yet."""
    precheck = states.get(PRECHECK) or {}
    frozen = precheck.get("policy")
    if frozen in (Policy.NEW, Policy.USED):
        return Policy(frozen)
    return choose_policy(limits.verdict_policy, (precheck.get("smart") or {}).get("hours"))


def passes_of(surface: Mapping[str, Any]) -> list[pace.Pass]:
    """Return how fast the surface stage was: by its engine's own log, else by what was observed."""
    own = surface.get("position_log")
    if own:
        return pace.from_position_log(own)
    watched = surface.get("pace")
    return pace.from_position_log(pace_watch.closed(watched)["passes"]) if watched else []


def _surface(state: Mapping[str, Any], limits: Limits, *, passed: bool) -> Surface | None:
    """Return what the surface test claims; None when the stage was not in the plan, or never began."""
    if isinstance(state.get("claims"), Mapping):  # the engine "stamped" says it itself
        interruptions = len(state.get("interruptions") or ())
        return Surface(
            complete=passed, allowed=limits.bad_block_threshold, interruptions=interruptions, **state["claims"]
        )
    if not state.get("proofs") and not state.get("counts"):
        return None
    read, write, corrupt = state.get("counts") or (0, 0, 0)
    proofs = state.get("proofs") or []
    return Surface(
        complete=passed,
        parts=len(proofs),
        read_errors=read,
        write_errors=write,
        corrupted=corrupt,
        bad_blocks=bad_count(state),
        allowed=limits.bad_block_threshold,
        claimed_bytes=_claimed(state, proofs),
        interruptions=len(state.get("interruptions") or ()),
    )


def _claimed(state: Mapping[str, Any], proofs: list[Mapping[str, Any]]) -> int:
    """Return the bytes that must have been written: each proved pattern once over all whole blocks, and the tail."""
    covered = (int(state.get("last", -1)) + 1) * int(state.get("block", 0))
    patterns = sum(str(proof.get("label", "")).startswith("Pattern") for proof in proofs)
    tail = int(state.get("tail", 0)) if len(proofs) > patterns else 0
    return patterns * covered + tail * len(state.get("patterns") or ())
