"""The surface by the host-side program's own engine: every block says where, when and by whom it was written."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from jobs.stages import away
from jobs.stages import stamped_plan as plan
from jobs.stages import stamped_verdict as verdict
from jobs.stages.base import Glance, Stage, StageContext, StageReport, State, Watch, unknown
from jobs.stages.forgotten import end_all
from jobs.stages.runs import ended_badly, is_interrupted, refusal, still_in_use

AT_WORK = ("starting", "running")


class StampedSurface(Stage):
    """Destructive. Passes only when every pass wrote the whole drive and read all of it back as it was written."""

    key = "surface_validate"
    label = "Surface"
    short = "Surface"
    order = 40
    weight = 65
    destructive = True
    resumes = True

    def start(self, ctx: StageContext) -> StageReport:
        """Freeze the plan and launch the engine; or go on where an earlier attempt ended."""
        if not ctx.state:
            return self._launch(ctx, plan.first_state(ctx.drive, ctx.limits, ctx.run_key))
        if ctx.state["run_id"]:
            ctx.host.signal(run_id=ctx.state["run_id"], action="terminate")
        run = self._seen(ctx, ctx.state["run_id"])
        again = plan.after_interruption(ctx.state, run, "it ended without a verdict and was asked for again")
        return self._launch(ctx, {**again, "tries": 0, "restarts": 0})

    def poll(self, ctx: StageContext) -> StageReport:
        """Look at the run; judge it when it ended, go on at its checkpoint when it was interrupted."""
        state = ctx.state
        if not state["run_id"]:
            return self._launch(ctx, state)
        run = self._seen(ctx, state["run_id"])
        if run["state"] == "absent":
            return self._absent(ctx, state, run)
        if run["state"] in AT_WORK:
            return plan.running_report(state, run)
        return self._ended(ctx, state, run)

    def watch(self, state: State) -> Watch | None:
        """Watch the current run."""
        return Watch(runs=(state["run_id"],)) if state.get("run_id") else None

    def glance(self, state: State, seen: Mapping[str, Any]) -> Glance:
        """Read progress from the run; anything but running needs a decision."""
        run = seen.get("runs", {}).get(state.get("run_id"))
        if run is None or run["state"] not in AT_WORK:
            return Glance(decide=True)
        report = plan.running_report(state, run)
        return Glance(
            percent=report.percent,
            message=report.message,
            bytes_done=report.bytes_done,
            bytes_total=report.bytes_total,
            shown={name: report.state[name] for name in ("phases", "checkpoint", "pulse")},
        )

    def cancel(self, ctx: StageContext) -> None:
        """End the engine, also one that a crash made us forget; the marker stops a launch that is still under way."""
        following = (_run_id(ctx, number) for number in count(ctx.state.get("launches", 0) + 1))
        end_all(ctx.host, ctx.state.get("run_id", ""), following)

    def run_ids(self, state: State) -> tuple[str, ...]:
        """Return every run that was made."""
        return tuple(state.get("runs", ()))

    def _seen(self, ctx: StageContext, run_id: str) -> dict[str, Any]:
        return dict(ctx.host.probe(runs=[run_id])["runs"][run_id]) if run_id else {}

    def _launch(self, ctx: StageContext, state: State) -> StageReport:
        if state.get("away_since") and not away.is_back(ctx):
            return self._wait(ctx, state)
        state = _named(ctx, state)
        earlier = self._seen(ctx, state["resumed_from"])
        engine = plan.engine(state, plan.best_start(state, earlier))
        run = ctx.host.launch(run_id=state["run_id"], guard=ctx.drive.guard(), engine=engine)["run"]
        if run["state"] in AT_WORK:
            return plan.running_report(away.returned(state), run)
        return self._ended(ctx, state, run)

    def _wait(self, ctx: StageContext, state: State) -> StageReport:
        """Wait for a drive that is not there; the next launch has a name of its own."""
        state = away.waiting({**state, "run_id": ""}, ctx.now)
        sentence = away.sentence(ctx)
        if away.too_long(state, ctx):
            hours = ctx.limits.drive_wait_s / 3600
            return unknown(f"{sentence} It did not come back for {hours:.0f} h.", state, log=state["log"])
        return replace(plan.running_report(state, {}, message="waiting for the drive"), waiting=sentence)

    def _hesitate(self, ctx: StageContext, state: State, sentence: str) -> StageReport:
        """Ask again a little later what the host could not tell; nothing is written meanwhile."""
        state = away.doubting({**state, "run_id": ""}, ctx.now)
        if away.doubted_too_long(state, ctx):
            return unknown(f"{sentence} It stayed so for {away.DOUBT_S / 60:.0f} min.", state, log=state["log"])
        return replace(plan.running_report(state, {}, message="waiting for the host to tell"), waiting=sentence)

    def _absent(self, ctx: StageContext, state: State, run: Mapping[str, Any]) -> StageReport:
        """The run was never launched, or the host has lost its directory: then our own copy knows how far it was."""
        if plan.place_of(state["checkpoint"]) > list(state["reached"]):
            return self._again(ctx, state, run, "the host no longer knows the run")
        return self._launch(ctx, state)

    def _ended(self, ctx: StageContext, state: State, run: Mapping[str, Any]) -> StageReport:
        if away.was_refused(run):
            return self._wait(ctx, state)
        if away.is_in_doubt(run):
            return self._hesitate(ctx, state, refusal(run))
        state = away.returned(state)
        if away.lost_it(run):
            return self._gone(ctx, state, run)
        collected = ctx.host.collect(run_id=run["run_id"])
        if is_interrupted(run) and not verdict.is_through(state, collected):
            return self._again(ctx, state, run, ended_badly(run) or refusal(run).rstrip("."))
        if run["state"] == "refused":
            return unknown(refusal(run), state)
        return self._judge(ctx, plan.with_log(state, collected), run, collected.get("result") or {})

    def _judge(self, ctx: StageContext, state: State, run: Mapping[str, Any], result: Mapping[str, Any]) -> StageReport:
        why = "" if is_interrupted(run) else ended_badly(run)  # one that is interrupted was through before
        if result.get("stopped") == verdict.DEVICE_GONE:
            return self._gone(ctx, state, run)
        if why:
            return unknown(f"The surface test proves nothing: {why}.", state, log=state["log"])
        if result.get("stopped") == verdict.TERMINATED:
            return self._again(ctx, state, run, "it was ended from outside")
        if result.get("stopped") in verdict.BEGIN_AGAIN:
            return self._afresh(ctx, state, result)
        return verdict.judge(state, run, result, ctx.limits)

    def _again(self, ctx: StageContext, state: State, run: Mapping[str, Any], why: str) -> StageReport:
        again = plan.after_interruption(state, run, why)
        if again["tries"] >= plan.MOST_INTERRUPTIONS:
            words = f"The surface test was interrupted {again['tries']} times without coming any further"
            sentence = still_in_use(run, again["tries"]) or f"{words}, last because {why}."
            return unknown(sentence, again, log=again["log"])
        return plan.running_report(_named(ctx, again), {}, message=f"Interrupted; goes on at {_where(again)}")

    def _gone(self, ctx: StageContext, state: State, run: Mapping[str, Any]) -> StageReport:
        """The drive went away while it was tested: it may come back, here or on another port."""
        again = plan.after_interruption(state, run, "the drive went away while it ran")
        if again["tries"] < plan.MOST_INTERRUPTIONS:
            return self._wait(ctx, again)
        return unknown(f"The surface test proves nothing: {verdict.WHY_STOPPED[verdict.DEVICE_GONE]}.", again)

    def _afresh(self, ctx: StageContext, state: State, result: Mapping[str, Any]) -> StageReport:
        note = verdict.why_afresh(result)
        again = plan.after_mismatch(state, ctx.run_key, ctx.drive.serial, note)
        if again["restarts"] > plan.MOST_RESTARTS:
            return unknown(f"The surface test began again {state['restarts']} times. {note['message']}", again)
        return plan.running_report(_named(ctx, again), {}, message="Begins again: the drive changed meanwhile")


def _named(ctx: StageContext, state: State) -> State:
    """Return the state with the name of the run that it is about; a new one after each interruption."""
    if state["run_id"]:
        return state
    run_id = _run_id(ctx, state["launches"] + 1)
    return {**state, "launches": state["launches"] + 1, "run_id": run_id, "runs": [*state["runs"], run_id]}


def _run_id(ctx: StageContext, number: int) -> str:
    return f"{ctx.run_key}-stamped{number}"


def _where(state: State) -> str:
    index, phase, position = plan.place_of(state["checkpoint"])
    share = round(100 * position / max(1, state["size"]))
    return f"{share} % of {plan.PHASES[phase]} {plan.name_of(state, index)}"
