"""SMART after against before, and every other rule of the verdict: the difference is the test."""

from collections.abc import Sequence

from drives.smart.parse import parse_report
from jobs.stages.base import Proof, Severity, Stage, StageContext, StageReport, Verdict, unknown
from jobs.stages.smart_facts import complaint, facts_of
from jobs.verdict import Case, Outcome, Ruling, judge
from jobs.verdict.attested import ATTESTED
from jobs.verdict.build import PASSED, build_case

# What these rules find is the finding of the stage that found it.
OF_OTHER_STAGES = frozenset({"surface_errors", "surface_corruption", "surface_coverage", "self_test"})


class FinalCheck(Stage):
    """Harmless, and over at once."""

    key = "final_check"
    label = "Final check"
    short = "Final"
    order = 60
    weight = 5

    def start(self, ctx: StageContext) -> StageReport:
        """Read SMART once more and let every rule judge."""
        before = (ctx.earlier.get("precheck") or {}).get("smart")
        if before is None:
            return unknown("There is no SMART snapshot from before to compare with.", {"checked": True})
        answer = ctx.host.smart(serial=ctx.drive.serial, devname=ctx.drive.devname, action="read")
        report = parse_report(answer.get("json") or {})
        if not report.was_read:
            return unknown(f"The drive's SMART data cannot be read any more: {complaint(answer)}.", {"checked": True})
        case = build_case(
            states=ctx.earlier,
            ended=dict.fromkeys(ctx.earlier, (PASSED, "")),  # the first stage that does not pass ends the burn-in
            after=facts_of(report),
            heat=ctx.heat,
            limits=ctx.limits,
        )
        return _report(case, judge(case))

    def poll(self, ctx: StageContext) -> StageReport:
        """Check again: nothing here leaves a trace."""
        return self.start(ctx)


def _report(case: Case, rulings: Sequence[Ruling]) -> StageReport:
    fired = [ruling for ruling in rulings if ruling.fired and ruling.rule not in OF_OTHER_STAGES]
    condemned = [ruling for ruling in fired if ruling.condemns]
    warnings = [ruling for ruling in fired if ruling.severity is Severity.WARNING]
    return StageReport(
        Verdict.FAILED if condemned else Verdict.PASSED,
        message=condemned[0].message.rstrip(".") if condemned else _words(warnings),
        percent=100,
        findings=tuple(ruling.finding() for ruling in sorted(fired, key=lambda ruling: not ruling.condemns)),
        proof=_proof(rulings, fired),
        state={"smart": dict(case.after or {}), "before": dict(case.before or {}), "policy": case.policy.value},
    )


def _words(warnings: Sequence[Ruling]) -> str:
    if not warnings:
        return "SMART as before"
    return "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"


def _proof(rulings: Sequence[Ruling], fired: Sequence[Ruling]) -> tuple[Proof, ...]:
    smart = [ruling for ruling in rulings if ruling.rule.startswith("smart_")]
    watched = sum(ruling.outcome is not Outcome.NOT_APPLICABLE for ruling in smart)
    said = [ruling.message for ruling in fired if ruling in smart]
    value = " ".join(said) or f"{watched} rules looked at it, none fired"
    lines = [Proof("SMART after against before", value, ok=not any(ruling.condemns for ruling in fired))]
    written = next(ruling for ruling in rulings if ruling.rule == ATTESTED.rule)
    if written.outcome is not Outcome.NOT_APPLICABLE:
        lines.append(Proof(ATTESTED.title, written.message, ok=not written.fired))
    return tuple(lines)
