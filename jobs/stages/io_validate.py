"""Random reads and verified random writes, with latencies: a quick look, not a proof of the whole drive."""

from collections.abc import Mapping
from typing import Any

from jobs.stages.base import (
    Finding,
    Glance,
    Proof,
    Severity,
    Stage,
    StageContext,
    StageReport,
    State,
    Verdict,
    Watch,
    unknown,
)
from jobs.stages.runs import MAX_TRIES, ended_badly, is_interrupted, refusal

READS = 1_000
WRITES = 500
ENOUGH = 50  # of each, where the time was up first: fewer say nothing
SLOW_MS = 1_000.0  # a healthy drive answers a random read within tens of milliseconds; a second means internal retries


class IoValidate(Stage):
    """Destructive. Part of the quick profile only."""

    key = "io_validate"
    label = "Random I/O"
    short = "I/O"
    order = 50
    weight = 25
    destructive = True

    def start(self, ctx: StageContext) -> StageReport:
        """Launch the host-side program's own engine."""
        state = ctx.state or {"tries": 0, "runs": [], "run_id": ""}
        run_id = f"{ctx.run_key}-t{state['tries']}"
        if run_id not in state["runs"]:
            state = {**state, "run_id": run_id, "runs": [*state["runs"], run_id]}
        engine = {
            "name": "io_validate",
            "reads": READS,
            "writes": WRITES,
            "block_size": 4096,
            "seconds": ctx.limits.io_seconds,
        }
        run = ctx.host.launch(run_id=run_id, guard=ctx.drive.guard(), engine=engine)["run"]
        return self._report(ctx, state, run)

    def poll(self, ctx: StageContext) -> StageReport:
        """Look at the run; judge it when it ended."""
        run_id = ctx.state["run_id"]
        run = ctx.host.probe(runs=[run_id])["runs"][run_id]
        if run["state"] == "absent":
            return self.start(ctx)
        return self._report(ctx, ctx.state, run)

    def watch(self, state: State) -> Watch | None:
        """Watch the one run."""
        return Watch(runs=(state["run_id"],)) if state.get("run_id") else None

    def glance(self, state: State, seen: Mapping[str, Any]) -> Glance:
        """Read progress from the run."""
        run = seen.get("runs", {}).get(state.get("run_id"))
        if run is None or run["state"] not in ("starting", "running"):
            return Glance(decide=True)
        return Glance(percent=_percent(run), message=_words(run))

    def cancel(self, ctx: StageContext) -> None:
        """End the engine, also one that a crash made us forget."""
        ctx.host.signal(run_id=ctx.state.get("run_id") or f"{ctx.run_key}-t0", action="terminate")

    def run_ids(self, state: State) -> tuple[str, ...]:
        """Return the runs that were made."""
        return tuple(state.get("runs", ()))

    def _report(self, ctx: StageContext, state: State, run: Mapping[str, Any]) -> StageReport:
        if run["state"] in ("starting", "running"):
            return StageReport(Verdict.RUNNING, message=_words(run), percent=_percent(run), state=state)
        if is_interrupted(run) and state["tries"] + 1 < MAX_TRIES:
            again = {**state, "tries": state["tries"] + 1}
            again["run_id"] = f"{ctx.run_key}-t{again['tries']}"
            return StageReport(Verdict.RUNNING, message="Interrupted; starts again", state=again)
        if run["state"] == "refused":
            return unknown(refusal(run), state)
        why = ended_badly(run)
        if why:
            return unknown(f"The random I/O test proves nothing: {why}.", state)
        collected = ctx.host.collect(run_id=run["run_id"])
        return _judge(state, collected.get("result") or {}, str(collected.get("log", "")))


def _percent(run: Mapping[str, Any]) -> float:
    return min(99.0, float((run.get("progress") or {}).get("percent") or 0))


def _words(run: Mapping[str, Any]) -> str:
    progress = run.get("progress") or {}
    if not progress.get("total"):
        return "random reads and writes"
    return f"{progress.get('done', 0)} of {progress['total']} random reads and writes"


def _judge(state: State, result: Mapping[str, Any], log: str) -> StageReport:
    errors = list(result.get("errors") or [])
    count = int(result.get("error_count") or 0)
    reads, writes = result.get("reads") or {}, result.get("writes") or {}
    enough = min(int(reads.get("done") or 0), int(writes.get("done") or 0)) >= ENOUGH
    if not count and not (result.get("complete") or (result.get("out_of_time") and enough)):
        return unknown("The random I/O test ended early and proves nothing.", state, log=log)
    findings = [_latency(kind, told.get("latency_ms") or {}) for kind, told in (("read", reads), ("write", writes))]
    if count:
        findings.insert(0, _bad_places(errors, count))
    done = f"{reads.get('done', 0)} reads, {writes.get('done', 0)} writes read back, {count} errors"
    return StageReport(
        Verdict.FAILED if count else Verdict.PASSED,
        message=f"{count} random accesses failed" if count else "Random reads and writes verified",
        percent=100.0,
        findings=tuple(findings),
        proof=(Proof("Random I/O", done, ok=not count),),
        bad_blocks=count,
        log=log,
        state=state,
    )


def _bad_places(errors: list[Mapping[str, Any]], count: int) -> Finding:
    first = errors[0] if errors else {}
    return Finding(
        "io_errors",
        Severity.FAILURE,
        f"{count} random accesses failed, the first ({first.get('kind')}) at byte {first.get('offset')}.",
        data={"errors": errors[:100]},
    )


def _latency(kind: str, numbers: Mapping[str, Any]) -> Finding:
    slowest = float(numbers.get("max") or 0)
    slow = slowest >= SLOW_MS
    middle, most = numbers.get("p50", 0), numbers.get("p99", 0)
    text = f"Random {kind}s: median {middle} ms, 99 % within {most} ms, slowest {slowest} ms."
    return Finding(f"{kind}_latency", Severity.WARNING if slow else Severity.INFO, text, data=dict(numbers))
