"""What the two self-test stages share: start the drive's own test, watch it, judge its log entry."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from drives.smart.durations import believed_s
from drives.smart.outcome import Outcome, OutcomeKind, log_mark, selftest_outcome
from drives.smart.parse import parse_report
from drives.smart.report import SelfTestEntry, SmartReport
from jobs.stages.base import (
    Finding,
    Glance,
    Proof,
    Severity,
    Stage,
    StageContext,
    StageReport,
    State,
    Target,
    Verdict,
    Watch,
    unknown,
)
from jobs.stages.smart_facts import complaint, text_of

MOST_RESTARTS = 1  # a reset or a reboot breaks a test off; a second one is no accident
PATIENCE = 3
MOST_SILENCE = 5  # looks at a log that shows no trace of the test before we say so
KEEP_LOG = 20_000
NOT_STARTED = 0b111  # smartctl: bad command, not opened, command refused
UNREADABLE = "smartctl could not read the drive"


class SelfTestStage(Stage):
    """A SMART self-test. Harmless: the drive tests itself, and goes on when we are away."""

    @abstractmethod
    def expected_seconds(self, report: SmartReport, drive: Target) -> float:
        """Return how long the test should take: the drive's own word, else an estimate."""

    def start(self, ctx: StageContext) -> StageReport:
        """Start the test, unless it runs already; wait while another one runs."""
        report, text = self._read(ctx)
        if report is None:
            return unknown(f"{UNREADABLE}: {text}", ctx.state)
        if report.self_test.running and "mark" not in ctx.state:
            return StageReport(
                Verdict.RUNNING,
                message="waiting for another self-test of this drive to end",
                state={"waiting": True, "every": 10.0},
            )
        seconds = believed_s(self.smart_kind, self.expected_seconds(report, ctx.drive))
        state = {
            "restarts": ctx.state.get("restarts", 0),
            "mark": log_mark(report),
            "hours": report.power_on_hours,
            "expected_s": seconds,
            "every": min(300.0, max(2.0, seconds / 100)),
            "silence": 0,
            "done": 0.0,
        }
        return self._begin(ctx, state)

    def poll(self, ctx: StageContext) -> StageReport:
        """Read the drive's status and log, and judge them."""
        if ctx.state.get("waiting"):
            return self.start(StageContext(**{**_fields(ctx), "state": {}}))
        report, text = self._read(ctx)
        if report is None:
            return unknown(f"{UNREADABLE}: {text}", ctx.state)
        outcome = selftest_outcome(report, self.smart_kind, ctx.state["hours"], mark=ctx.state["mark"])
        if outcome.kind is OutcomeKind.RUNNING:
            return self._running(ctx, outcome)
        return self._ended(ctx, outcome, text)

    def watch(self, state: State) -> Watch | None:
        """Have the drive's SMART data read now and then: often for a short test, every five minutes for a long one."""
        return Watch(smart=True, every_s=float(state.get("every", 2.0))) if state else None

    def glance(self, state: State, seen: Mapping[str, Any]) -> Glance:
        """Read progress from the one answer about this drive; a test that is over needs a decision."""
        answer = next(iter(_answers(seen)), None)
        if answer is None or state.get("waiting"):
            return Glance(decide=True)
        test = parse_report(answer).self_test
        if not test.running:
            return Glance(decide=True)
        done = _done(test.remaining_percent)
        return Glance(percent=done, message=_words(done), shown={"done": done, "silence": 0})

    def stuck_after_s(self, state: State, setting_s: float) -> float:
        """Wait at least three times as long as the whole test takes by the drive's word, if that can be."""
        return max(setting_s, PATIENCE * believed_s(self.smart_kind, float(state.get("expected_s", 0))))

    def cancel(self, ctx: StageContext) -> None:
        """Abort the drive's test."""
        ctx.host.smart(serial=ctx.drive.serial, devname=ctx.drive.devname, action="abort")

    def _read(self, ctx: StageContext) -> tuple[SmartReport | None, str]:
        """Return the drive's report and what smartctl printed; or None, and why not."""
        answer = ctx.host.smart(serial=ctx.drive.serial, devname=ctx.drive.devname, action="read")
        raw = answer.get("json") or {}
        report = parse_report(raw)
        return (report, text_of(raw)[:KEEP_LOG]) if report.was_read else (None, complaint(answer))

    def _begin(self, ctx: StageContext, state: State) -> StageReport:
        answer = ctx.host.smart(
            serial=ctx.drive.serial, devname=ctx.drive.devname, action="start", kind=self.smart_kind
        )
        if answer["exit_code"] & NOT_STARTED:
            report, _ = self._read(ctx)
            if report is None or not report.self_test.running:  # a second start while ours runs is refused: well
                why = complaint(answer)
                return unknown(f"The drive did not start its {self.smart_kind} self-test: {why}", state)
        return StageReport(Verdict.RUNNING, message="self-test started", state=state)

    def _running(self, ctx: StageContext, outcome: Outcome) -> StageReport:
        done = _done(outcome.remaining_percent)
        return StageReport(Verdict.RUNNING, message=_words(done), percent=done, state={**ctx.state, "done": done})

    def _ended(self, ctx: StageContext, outcome: Outcome, log: str) -> StageReport:
        entry = outcome.entry
        if entry is None or outcome.kind is OutcomeKind.MISSING:
            return self._no_trace(ctx, log)
        if outcome.kind is OutcomeKind.ABORTED:
            return self._again(ctx, entry, log)
        if outcome.kind is OutcomeKind.FAILED:
            return self._failed(ctx, entry, log)
        proof = Proof(self.label, entry.text or "completed without error", ok=True)
        return StageReport(
            Verdict.PASSED, message="Self-test passed", percent=100, proof=(proof,), log=log, state=ctx.state
        )

    def _failed(self, ctx: StageContext, entry: SelfTestEntry, log: str) -> StageReport:
        where = f", first at LBA {entry.lba}" if entry.lba else ""
        text = entry.text.removeprefix("Completed: ")
        words = f"The drive failed its own {self.smart_kind} self-test: {text}{where}"
        data = {"lba": entry.lba, "hours": entry.lifetime_hours, "status": entry.text}
        return StageReport(
            Verdict.FAILED,
            message=words,
            percent=float(ctx.state.get("done", 0)),
            findings=(Finding("self_test_failed", Severity.FAILURE, f"{words}.", data=data),),
            proof=(Proof(self.label, entry.text, ok=False),),
            log=log,
            state=ctx.state,
        )

    def _no_trace(self, ctx: StageContext, log: str) -> StageReport:
        silence = ctx.state["silence"] + 1
        state = {**ctx.state, "silence": silence}
        if silence < MOST_SILENCE:
            return StageReport(
                Verdict.RUNNING, message="waiting for the drive's log", percent=state["done"], state=state
            )
        return unknown("The self-test ended, but the drive's log shows no trace of it.", state, log=log)

    def _again(self, ctx: StageContext, entry: SelfTestEntry, log: str) -> StageReport:
        restarts = ctx.state["restarts"] + 1
        if restarts > MOST_RESTARTS:
            return unknown(f"The self-test was interrupted {restarts} times: {entry.text}.", ctx.state, log=log)
        return self.start(StageContext(**{**_fields(ctx), "state": {"restarts": restarts}}))


def _fields(ctx: StageContext) -> dict[str, Any]:
    return {name: getattr(ctx, name) for name in StageContext.__dataclass_fields__}


def _answers(seen: Mapping[str, Any]) -> list[dict[str, Any]]:
    answers = (seen.get("smart") or {}).values()
    return [
        answer["json"] for answer in answers if isinstance(answer, Mapping) and isinstance(answer.get("json"), dict)
    ]


def _done(remaining: int | None) -> float:
    return 0.0 if remaining is None else 100.0 - remaining


def _words(done: float) -> str:
    return f"{done:.0f} % done" if done else "running"
