"""Write every block and read it back, four patterns, one badblocks process each."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from jobs import pace_watch
from jobs.stages import away
from jobs.stages.base import Glance, Stage, StageContext, StageReport, State, Watch
from jobs.stages.forgotten import end_all
from jobs.stages.runs import HOST_FULL, ended_badly, is_interrupted, refusal, still_in_use
from jobs.stages.surface import figures, interruption, legs, plan, verdict
from jobs.stages.surface.interruption import Cut

AT_WORK = ("starting", "running")
UNWRITTEN = f"{HOST_FULL}, so some of what badblocks said was lost"


class SurfaceValidate(Stage):
    """Destructive. Passes only with proof that all of the drive was written and verified with each pattern."""

    key = "surface_validate"
    label = "Surface"
    short = "Surface"
    order = 40
    weight = 65
    destructive = True
    resumes = True

    def start(self, ctx: StageContext) -> StageReport:
        """Freeze the plan of legs and launch the first; or go on where an earlier attempt ended."""
        if not ctx.state:
            return self._launch(ctx, plan.first_state(ctx.drive, ctx.limits))
        state = {**ctx.state, "stalls": 0}
        if state["run_id"]:
            ctx.host.signal(run_id=state["run_id"], action="terminate")
        cut = Cut("it ended without a verdict and was asked for again", interruption.places_of(state, {}))
        return self._launch(ctx, interruption.go_on(state, cut, when=_stamp(ctx)))

    def poll(self, ctx: StageContext) -> StageReport:
        """Look at the current leg; judge it when it ended and launch the next."""
        state = ctx.state
        run_id = state["run_id"]
        if not run_id:
            return self._launch(ctx, state)
        run = ctx.host.probe(runs=[run_id])["runs"][run_id]
        if run["state"] == "absent" and not interruption.places_of(state, run):
            return self._launch(ctx, state)
        if run["state"] in AT_WORK:
            return figures.running_report(state, run)
        return self._ended(ctx, state, run)

    def watch(self, state: State) -> Watch | None:
        """Watch the run of the current leg."""
        return Watch(runs=(state["run_id"],)) if state.get("run_id") else None

    def glance(self, state: State, seen: Mapping[str, Any]) -> Glance:
        """Read progress from the run; anything but running needs a decision."""
        run = seen.get("runs", {}).get(state.get("run_id"))
        if run is None or run["state"] not in AT_WORK:
            return Glance(decide=True)
        report = figures.running_report(state, run)
        return Glance(
            percent=report.percent,
            message=report.message,
            bytes_done=report.bytes_done,
            bytes_total=report.bytes_total,
            shown={
                **{name: report.state[name] for name in ("phases", "seen", "pulse")},
                **_paced(state, run, float(seen.get("now") or 0)),
            },
        )

    def cancel(self, ctx: StageContext) -> None:
        """End badblocks, also one that a crash made us forget; the marker stops a launch that is still under way."""
        number = ctx.state.get("number", 0)
        following = (_run_id(ctx, later) for later in count(number + 1))
        end_all(ctx.host, ctx.state.get("run_id") or _run_id(ctx, number), following)

    def run_ids(self, state: State) -> tuple[str, ...]:
        """Return every run of every leg."""
        return tuple(state.get("runs", ()))

    def _launch(self, ctx: StageContext, state: State) -> StageReport:
        if state.get("away_since") and not away.is_back(ctx):
            return self._wait(ctx, state)
        run_id = _run_id(ctx, state["number"])
        if run_id not in state["runs"]:
            state = {**state, "runs": [*state["runs"], run_id]}
        state = {**state, "run_id": run_id}
        run = ctx.host.launch(run_id=run_id, guard=ctx.drive.guard(), **plan.command(state))["run"]
        if run["state"] in AT_WORK:
            return figures.running_report(away.returned(state), run)
        return self._ended(ctx, state, run)

    def _ended(self, ctx: StageContext, state: State, run: Mapping[str, Any]) -> StageReport:
        if away.was_refused(run):
            return self._wait(ctx, plan.with_leg(state, state["leg"], *state["range"]))
        if away.is_in_doubt(run):
            return self._hesitate(ctx, plan.with_leg(state, state["leg"], *state["range"]), refusal(run))
        if run["state"] == "refused" and not is_interrupted(run):
            return verdict.given_up(refusal(run), state)
        state = away.returned(state)
        if run["state"] == "absent":
            return self._cut(ctx, state, Cut("the host no longer knows it", interruption.places_of(state, run)))
        collected = ctx.host.collect(run_id=run["run_id"])
        gone = away.lost_it(run) or (legs.found_errors(collected) and not away.is_back(ctx))
        if gone or is_interrupted(run):
            return self._cut(ctx, state, _cut_of(state, run, collected, gone=gone))
        return self._judge(ctx, plan.with_log(state, collected), run, collected)

    def _judge(
        self, ctx: StageContext, state: State, run: Mapping[str, Any], collected: Mapping[str, Any]
    ) -> StageReport:
        why = ended_badly(run)
        if why:
            return verdict.not_proved(why, {**state, "seen": {}})
        step = legs.judge_leg(state, collected, ctx.limits)
        if step.doubt and run.get("host_full"):
            return self._cut(ctx, {**state, "seen": {}}, Cut(UNWRITTEN))
        if step.doubt:
            return verdict.not_proved(step.doubt, {**step.state, "seen": {}})
        if step.finished:
            return verdict.final_report(step.state, ctx.limits)
        return self._launch(ctx, step.state)

    def _cut(self, ctx: StageContext, state: State, cut: Cut) -> StageReport:
        state = interruption.go_on(state, cut, when=_stamp(ctx))
        if interruption.has_stalled(state):
            times = len(state["interruptions"])
            interrupted = (
                f"The surface test was interrupted {times} times, at last {state['stalls']} times without getting any "
                f"further, because {cut.why}."
            )
            return verdict.given_up(cut.in_use or interrupted, state)
        # named before it is launched: the observer finds it missing, and calls for it at once
        state = {**state, "run_id": _run_id(ctx, state["number"])}
        return figures.report(state, f"Interrupted; goes on with {plan.leg_words(state)}")

    def _hesitate(self, ctx: StageContext, state: State, sentence: str) -> StageReport:
        """Ask again a little later what the host could not tell; nothing is written meanwhile."""
        state = away.doubting(state, ctx.now)
        if away.doubted_too_long(state, ctx):
            return verdict.given_up(f"{sentence} It stayed so for {away.DOUBT_S / 60:.0f} min.", state)
        return figures.report(state, "waiting for the host to tell", waiting=sentence)

    def _wait(self, ctx: StageContext, state: State) -> StageReport:
        state = away.waiting(state, ctx.now)
        sentence = away.sentence(ctx)
        if away.too_long(state, ctx):
            hours = ctx.limits.drive_wait_s / 3600
            return verdict.given_up(f"{sentence} It did not come back for {hours:.0f} h.", state)
        return figures.report(state, "waiting for the drive", waiting=sentence)


def _cut_of(state: State, run: Mapping[str, Any], collected: Mapping[str, Any], *, gone: bool) -> Cut:
    why = "the drive went away while it ran" if gone else ended_badly(run) or refusal(run).rstrip(".")
    places = interruption.places_of(state, run)
    in_use = still_in_use(run, state["stalls"] + 1)
    return Cut(why, places, str(collected["stdout"]), str(collected["log"]), gone, in_use)


def _run_id(ctx: StageContext, number: int) -> str:
    return f"{ctx.run_key}-{plan.leg_name(number)}"


def _stamp(ctx: StageContext) -> str:
    return ctx.now.isoformat(timespec="seconds")


def _paced(state: State, run: Mapping[str, Any], now: float) -> State:
    """Return how fast the drive was where, after one more look. badblocks itself does not tell."""
    progress = run.get("progress") or {}
    if plan.need_of(state) is None or not progress.get("phase"):
        return {}
    if run.get("paused"):
        return {"pace": pace_watch.still(state.get("pace"))}
    size, step = int(state["size"]), int(state["block"]) * int(state["chunk"])
    position = progress.get("position")
    if position is None:
        position = float(progress.get("percent") or 0) / 100 * size
    look = pace_watch.Look(int(state["index"]), str(progress["phase"]), min(size, int(position)), now)
    places = pace_watch.places_for(size, step)
    return {"pace": pace_watch.note(state.get("pace"), look, size=size, places=places)}
