"""The rules of the verdict over a whole burn-in, as they are stored with it."""

from collections.abc import Sequence
from typing import Any

from jobs import contexts, thermometer
from jobs.models import BurninJob, BurninStage, StageState
from jobs.verdict import Ruling, judge
from jobs.verdict.build import FINAL, build_case, policy_of


def judged(job: BurninJob, stages: Sequence[BurninStage]) -> dict[str, Any]:
    """Return the policy and what every rule says: also of a burn-in that ended before the final check."""
    states = {stage.stage_name: contexts.state_of(stage) for stage in stages}
    limits = contexts.limits()
    case = build_case(
        states=states,
        ended={stage.stage_name: (stage.state, stage.error_text) for stage in stages if _was_begun(stage)},
        after=(states.get(FINAL) or {}).get("smart"),
        heat=thermometer.exposure(job, limits.temp_crit_c),
        limits=limits,
    )
    rulings: tuple[Ruling, ...] = judge(case)
    return {"policy": policy_of(states, limits).value, "rules": [ruling.as_json() for ruling in rulings]}


def _was_begun(stage: BurninStage) -> bool:
    return stage.state not in (StageState.PENDING, StageState.SKIPPED)
