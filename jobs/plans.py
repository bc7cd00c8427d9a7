"""Which stages a burn-in has, in which order, and what that plan is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from burnin_site.core.errors import BurninError
from jobs.stages import get_stage
from jobs.stages.base import CLASSIC, STANDARD

FIRST, LAST = "precheck", "final_check"
SHORT, LONG, SURFACE = "short_smart", "long_smart", "surface_validate"
DEFAULT_ORDER = (SHORT, LONG, SURFACE)  # the harmless first
QUICK = (SHORT, "io_validate")
SURFACE_PLANS = (STANDARD, CLASSIC)
NAMES = {
    frozenset({SHORT, LONG, SURFACE}): "full",
    frozenset({SURFACE, SHORT}): "surface_short",
    frozenset({SURFACE, LONG}): "surface_long",
    frozenset({SURFACE}): "surface",
    frozenset({SHORT, LONG}): "short_long",
    frozenset({SHORT}): "short",
    frozenset({LONG}): "long",
}


class BadPlan(BurninError):
    """The chosen stages do not make a burn-in."""

    code: ClassVar[str] = "bad_plan"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Plan:
    """A profile name and its stages in the order they run, precheck first and final check last.

    `surface` says how the surface is tested; empty: as the setting says, or there is no surface test.
    """

    profile: str
    stages: tuple[str, ...]
    surface: str = ""

    @property
    def destructive(self) -> bool:
        """Whether a stage of this plan writes to the drive."""
        return any(get_stage(name).destructive for name in self.stages)


def make_plan(
    *,
    run_surface: bool = True,
    run_short: bool = True,
    run_long: bool = True,
    stage_order: Sequence[str] | None = None,
    profile: str | None = None,
    plan: str | None = None,
) -> Plan:
    """Return the plan for these choices. Raises BadPlan (422) with the reason."""
    _check_surface_plan(plan)
    if profile is not None:
        return _named_plan(profile)
    wanted = {SHORT: run_short, LONG: run_long, SURFACE: run_surface}
    chosen = frozenset(name for name, on in wanted.items() if on)
    if not chosen:
        raise BadPlan("Choose at least one test: surface, short or long.")
    order = [name for name in DEFAULT_ORDER if name in chosen]
    if stage_order is not None:
        _check_order(stage_order, chosen)
        order = list(stage_order)
    return Plan(NAMES[chosen], (FIRST, *order, LAST), (plan or "") if run_surface else "")


def _check_surface_plan(plan: str | None) -> None:
    if plan is not None and plan not in SURFACE_PLANS:
        raise BadPlan(f"There is no plan {plan!r}. Choose {' or '.join(SURFACE_PLANS)}, or leave it out.", plan=plan)


def _named_plan(profile: str) -> Plan:
    if profile != "quick":
        raise BadPlan(
            f"There is no profile {profile!r}. Leave it out and choose tests, or use 'quick'.",
            profile=profile,
        )
    return Plan("quick", (FIRST, *QUICK, LAST))


def _check_order(order: Sequence[str], chosen: frozenset[str]) -> None:
    strangers = [name for name in order if name not in DEFAULT_ORDER]
    if strangers:
        raise BadPlan(
            f"stage_order names {strangers[0]!r}; it may hold {', '.join(DEFAULT_ORDER)}.",
            stages=strangers,
        )
    if len(set(order)) != len(order):
        raise BadPlan("stage_order names a stage twice.")
    if set(order) != chosen:
        raise BadPlan(
            f"stage_order must hold exactly the chosen tests: {', '.join(n for n in DEFAULT_ORDER if n in chosen)}."
        )
