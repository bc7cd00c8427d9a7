"""Write every block and read it back, four patterns, one badblocks process each."""

from collections.abc import Mapping
from typing import Any

from jobs import pace_watch
from jobs.stages import surface_plan as plan
from jobs.stages.base import Glance, Stage, StageContext, StageReport, State, Verdict, Watch, unknown
from jobs.stages.runs import MAX_TRIES, ended_badly, is_interrupted, refusal


class SurfaceValidate(Stage):
    """Destructive. Passes only with proof that all of the drive was written and verified with each pattern."""

    key = "surface_validate"
    label = "Surface"
    short = "Surface"
    order = 40
    weight = 65
    destructive = True

    def start(self, ctx: StageContext) -> StageReport:
        """Freeze the plan of legs and launch the first."""
        state = ctx.state or plan.first_state(ctx.drive, ctx.limits)
        return self._launch(ctx, state)

    def poll(self, ctx: StageContext) -> StageReport:
        """Look at the current leg; judge it when it ended and launch the next."""
        state = ctx.state
        run_id = state["run_id"]
        run = ctx.host.probe(runs=[run_id])["runs"][run_id]
        if run["state"] == "absent":
            return self._launch(ctx, state)
        if run["state"] in ("starting", "running"):
            return plan.running_report(state, run)
        return self._ended(ctx, state, run)

    def watch(self, state: State) -> Watch | None:
        """Watch the run of the current leg."""
        return Watch(runs=(state["run_id"],)) if state.get("run_id") else None

    def glance(self, state: State, seen: Mapping[str, Any]) -> Glance:
        """Read progress from the run; anything but running needs a decision."""
        run = seen.get("runs", {}).get(state.get("run_id"))
        if run is None or run["state"] not in ("starting", "running"):
            return Glance(decide=True)
        report = plan.running_report(state, run)
        return Glance(
            percent=report.percent,
            message=report.message,
            bytes_done=report.bytes_done,
            bytes_total=report.bytes_total,
            shown={"phases": report.state["phases"], **_paced(state, run, float(seen.get("now") or 0))},
        )

    def cancel(self, ctx: StageContext) -> None:
        """End the badblocks process; the marker also stops a launch that is still under way."""
        if ctx.state.get("run_id"):
            ctx.host.signal(run_id=ctx.state["run_id"], action="terminate")

    def run_ids(self, state: State) -> tuple[str, ...]:
        """Return every run of every leg."""
        return tuple(state.get("runs", ()))

    def _launch(self, ctx: StageContext, state: State) -> StageReport:
        run_id = f"{ctx.run_key}-{plan.leg_name(state)}"
        if run_id not in state["runs"]:
            state = {**state, "run_id": run_id, "runs": [*state["runs"], run_id]}
        command = plan.command(state)
        run = ctx.host.launch(run_id=run_id, guard=ctx.drive.guard(), **command)["run"]
        if run["state"] in ("starting", "running"):
            return plan.running_report(state, run)
        return self._ended(ctx, state, run)

    def _ended(self, ctx: StageContext, state: State, run: Mapping[str, Any]) -> StageReport:
        if is_interrupted(run):
            return self._again(ctx, state, run)
        if run["state"] == "refused":
            return unknown(refusal(run), state)
        collected = ctx.host.collect(run_id=run["run_id"])
        state = plan.with_log(state, collected)
        why = ended_badly(run)
        if why:
            return unknown(f"The surface test proves nothing: {why}.", state, log=state["log"])
        step = plan.judge_leg(state, collected, ctx.limits)
        if step.doubt:
            return unknown(f"The surface test proves nothing: {step.doubt}.", step.state, log=step.state["log"])
        if step.finished:
            return plan.final_report(step.state, ctx.limits)
        return self._launch(ctx, step.state)

    def _again(self, ctx: StageContext, state: State, run: Mapping[str, Any]) -> StageReport:
        why = ended_badly(run) or refusal(run).rstrip(".")
        tries = state["tries"] + 1
        if tries >= MAX_TRIES:
            return unknown(f"The surface test was interrupted {tries} times, last because {why}.", state)
        again = {**state, "tries": tries, "interruptions": [*state["interruptions"], why]}
        return StageReport(
            Verdict.RUNNING,
            message=f"Interrupted; {plan.leg_words(state)} starts again",
            percent=plan.percent(again, None),
            bytes_done=plan.bytes_done(again, None),
            bytes_total=again["bytes_total"],
            state={**again, "run_id": f"{ctx.run_key}-{plan.leg_name(again)}"},
        )


def _paced(state: State, run: Mapping[str, Any], now: float) -> State:
    """Return how fast the drive was where, after one more look. badblocks itself does not tell."""
    progress = run.get("progress") or {}
    if state["leg"] != "pattern" or not progress.get("phase"):
        return {}
    if run.get("paused"):
        return {"pace": pace_watch.still(state.get("pace"))}
    size, step = int(state["size"]), int(state["block"]) * int(state["chunk"])
    verified = size if progress["phase"] == "verify" else 0
    position = plan.bytes_done(state, progress) - 2 * int(state["index"]) * size - verified
    look = pace_watch.Look(int(state["index"]), str(progress["phase"]), position, now)
    places = pace_watch.places_for(size, step)
    return {"pace": pace_watch.note(state.get("pace"), look, size=size, places=places)}
