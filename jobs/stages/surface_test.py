"""The surface test, done by the engine that the burn-in's plan names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobs.stages.base import (
    STANDARD,
    Finding,
    Glance,
    Severity,
    Stage,
    StageContext,
    StageReport,
    State,
    Verdict,
    Watch,
)
from jobs.stages.stamped_plan import STAMPED
from jobs.stages.stamped_surface import StampedSurface
from jobs.stages.surface_validate import SurfaceValidate

CANNOT_SEE = (
    "What this test cannot see: badblocks writes the same bytes into every block, so it cannot tell one block from "
    "another. Capacity that is not there and wraps around to the start, and blocks that are stored in or read from "
    "the wrong place, can pass it; a write that was lost counts as corruption and is not named. "
    "The plan “standard” sees and names these."
)
BLIND_SPOTS = Finding("cannot_see", Severity.INFO, CANNOT_SEE)


class Surface(Stage):
    """Destructive. Chooses the engine once, at the start; a running test keeps the one it began with."""

    key = "surface_validate"
    label = "Surface"
    short = "Surface"
    order = 40
    weight = 65
    destructive = True
    resumes = True
    engines = (SurfaceValidate, StampedSurface)

    def __init__(self) -> None:
        self._classic = SurfaceValidate()
        self._stamped = StampedSurface()

    def start(self, ctx: StageContext) -> StageReport:
        """Begin with the engine of the plan; an earlier attempt goes on with the engine it began with."""
        engine = self._engine(ctx.state) if _was_begun(ctx.state) else self._first_engine(ctx)
        return self._named(engine.start(ctx), engine)

    def poll(self, ctx: StageContext) -> StageReport:
        """Go on with the engine it began with; begin, when a crash came before the first word was stored."""
        if not _was_begun(ctx.state):
            return self.start(replace(ctx, state={}))
        engine = self._engine(ctx.state)
        return self._named(engine.poll(ctx), engine)

    def watch(self, state: State) -> Watch | None:
        """Watch the current run."""
        return self._engine(state).watch(state)

    def glance(self, state: State, seen: Mapping[str, Any]) -> Glance:
        """Read progress as the engine tells it."""
        return self._engine(state).glance(state, seen)

    def cancel(self, ctx: StageContext) -> None:
        """End the current run."""
        engine = self._engine(ctx.state) if _was_begun(ctx.state) else self._first_engine(ctx)
        engine.cancel(ctx)

    def run_ids(self, state: State) -> tuple[str, ...]:
        """Return every run that was made."""
        return self._engine(state).run_ids(state)

    def _first_engine(self, ctx: StageContext) -> Stage:
        return self._stamped if ctx.surface_plan == STANDARD else self._classic

    def _engine(self, state: State) -> Stage:
        return self._stamped if state.get("engine") == STAMPED else self._classic

    def _named(self, report: StageReport, engine: Stage) -> StageReport:
        """Have a verdict of badblocks say what it cannot know."""
        if engine is not self._classic or report.verdict not in (Verdict.PASSED, Verdict.FAILED):
            return report
        return replace(report, findings=(*report.findings, BLIND_SPOTS))


def _was_begun(state: State) -> bool:
    """Whether an engine has stored its plan; a crash of ours before that leaves only its own count."""
    return "runs" in state
