"""SMART after against before: drives remap on write in silence, so the difference is the test."""

from dataclasses import dataclass

from drives.smart.parse import parse_report
from jobs.stages.base import (
    Cause,
    Finding,
    Proof,
    Severity,
    Stage,
    StageContext,
    StageReport,
    Verdict,
    unknown,
)
from jobs.stages.smart_facts import Facts, complaint, facts_of


@dataclass(frozen=True, slots=True)
class Rule:
    """What a number may be afterwards: `rise` judges the difference, otherwise the value itself."""

    fact: str
    words: str
    rise: bool = True
    fail_at: int | None = 1
    cause: Cause = Cause.DRIVE


# After a full write nothing may be pending; a counter that rose during the burn-in condemns a drive, one that was there
# before does not. Link errors and time-outs accuse cable, backplane or power first.
RULES = (
    Rule("pending", "sectors wait to be remapped", rise=False),
    Rule("offline_uncorrectable", "sectors cannot be read", rise=False),
    Rule("reported_uncorrectable", "errors the drive could not correct"),
    Rule("reallocated", "sectors were remapped"),
    Rule("reallocation_events", "remapping events"),
    Rule("grown_defects", "grown defects"),
    Rule("media_errors", "media errors"),
    Rule("spin_retries", "spin-up retries"),
    Rule("end_to_end_errors", "end-to-end errors"),
    Rule("command_timeouts", "command time-outs", fail_at=5, cause=Cause.LINK),
    Rule("link_errors", "transfer errors on the cable or backplane", fail_at=None, cause=Cause.LINK),
    Rule("error_log", "new entries in the error log", fail_at=None),
)


class FinalCheck(Stage):
    """Harmless, and over at once."""

    key = "final_check"
    label = "Final check"
    short = "Final"
    order = 60
    weight = 5

    def start(self, ctx: StageContext) -> StageReport:
        """Read SMART once more and compare it with the precheck's."""
        before = (ctx.earlier.get("precheck") or {}).get("smart")
        if before is None:
            return unknown("There is no SMART snapshot from before to compare with.", {"checked": True})
        answer = ctx.host.smart(serial=ctx.drive.serial, devname=ctx.drive.devname, action="read")
        report = parse_report(answer.get("json") or {})
        if not report.was_read:
            return unknown(f"The drive's SMART data cannot be read any more: {complaint(answer)}.", {"checked": True})
        return _judge(before, facts_of(report))

    def poll(self, ctx: StageContext) -> StageReport:
        """Check again: nothing here leaves a trace."""
        return self.start(ctx)


def _judge(before: Facts, after: Facts) -> StageReport:
    findings = [finding for rule in RULES if (finding := _apply(rule, before, after))]
    if after.get("health") is False or after.get("critical_warning"):
        failing = "The drive's own SMART status says that it is failing."
        findings.insert(0, Finding("smart_failing", Severity.FAILURE, failing, data=after))
    condemned = [finding for finding in findings if finding.severity is Severity.FAILURE]
    checked = sum(rule.fact in before and rule.fact in after for rule in RULES)
    value = "; ".join(finding.message for finding in findings) or f"{checked} counters watched, none rose"
    message = condemned[0].message.rstrip(".") if condemned else "SMART as before"
    return StageReport(
        Verdict.FAILED if condemned else Verdict.PASSED,
        message=message,
        percent=100,
        findings=tuple(findings),
        proof=(Proof("SMART after against before", value, ok=not condemned),),
        state={"smart": after, "before": before},
    )


def _apply(rule: Rule, before: Facts, after: Facts) -> Finding | None:
    if rule.fact not in after:
        return None
    now, then = int(after[rule.fact]), int(before.get(rule.fact, 0))
    number = now - then if rule.rise else now
    if number <= 0:
        return None
    fails = rule.fail_at is not None and number >= rule.fail_at
    changed = (
        f"{number} {rule.words} during the burn-in ({then} before, {now} now)" if rule.rise else f"{now} {rule.words}"
    )
    return Finding(
        f"smart_{rule.fact}",
        Severity.FAILURE if fails else Severity.WARNING,
        f"{changed}.",
        cause=rule.cause,
        data={"before": then, "after": now},
    )
