"""Is this the drive that was confirmed, and is it fit and free for what is planned?"""

from collections.abc import Mapping
from typing import Any

from drives.hosts.program.reason import SOFT
from drives.smart.parse import parse_report
from jobs.stages.base import (
    CLASSIC,
    Cause,
    Finding,
    Proof,
    Severity,
    Stage,
    StageContext,
    StageReport,
    State,
    Verdict,
    unknown,
)
from jobs.stages.smart_facts import Facts, complaint, facts_of, says_failing
from jobs.verdict.policy import choose_policy

NEEDED = ("smartctl",)
NEEDED_FOR_BADBLOCKS = ("smartctl", "badblocks")


class Precheck(Stage):
    """Harmless, and over at once. What it cannot make out is never taken for good."""

    key = "precheck"
    label = "Precheck"
    short = "Precheck"
    order = 10
    weight = 5

    def start(self, ctx: StageContext) -> StageReport:
        """Check tools, identity, use, SMART and temperature, in this order."""
        problem = self._tools(ctx) or self._drive(ctx)
        if problem:
            return unknown(problem, {"checked": True})
        answer = ctx.host.smart(serial=ctx.drive.serial, devname=ctx.drive.devname, action="read")
        report = parse_report(answer.get("json") or {})
        if not report.was_read:
            return unknown(f"The drive's SMART data cannot be read: {complaint(answer)}.", {"checked": True})
        facts = facts_of(report)
        return self._judge(ctx, facts)

    def poll(self, ctx: StageContext) -> StageReport:
        """Check again from the start: nothing here leaves a trace."""
        return self.start(ctx)

    def _tools(self, ctx: StageContext) -> str:
        tools = ctx.host.hello().get("tools") or {}
        by_badblocks = ctx.plan_destructive and ctx.surface_plan == CLASSIC
        missing = [name for name in (NEEDED_FOR_BADBLOCKS if by_badblocks else NEEDED) if not tools.get(name)]
        if not missing:
            return ""
        packages = {"smartctl": "smartmontools", "badblocks": "e2fsprogs"}
        wanted = " and ".join(packages[name] for name in missing)
        return f"{' and '.join(missing)} was not found on {ctx.host_name}. Install {wanted} there and start again."

    def _drive(self, ctx: StageContext) -> str:
        drive = ctx.drive
        disks = [disk for disk in ctx.host.inventory()["disks"] if disk["serial"] == drive.serial]
        if not disks:
            return f"{drive.serial} was not found on {ctx.host_name}. Is it still in its bay?"
        if len(disks) > 1:
            names = ", ".join(disk["devname"] for disk in disks)
            return (
                f"{len(disks)} disks on {ctx.host_name} show the serial number {drive.serial} ({names}); take one out."
            )
        return self._identity(ctx, disks[0]) or self._use(ctx, disks[0])

    @staticmethod
    def _identity(ctx: StageContext, disk: Mapping[str, Any]) -> str:
        drive = ctx.drive
        if disk["size_bytes"] <= 0:
            return f"{drive.serial} reports a size of 0 bytes; there is nothing to test."
        if disk["size_bytes"] != drive.size_bytes:
            return f"{drive.serial} now reports {disk['size_bytes']} bytes, but {drive.size_bytes} were confirmed."
        if drive.wwn and disk.get("wwn") and disk["wwn"] != drive.wwn:
            return f"{drive.serial} now reports the WWN {disk['wwn']}, but {drive.wwn} was confirmed."
        return ""

    @staticmethod
    def _use(ctx: StageContext, disk: Mapping[str, Any]) -> str:
        if not ctx.plan_destructive:
            return ""
        if disk.get("read_only"):
            return f"{ctx.drive.serial} is read-only; it cannot be tested by writing."
        allowed = SOFT.intersection(ctx.drive.overrides)
        standing = [reason for reason in disk.get("in_use", []) if reason["code"] not in allowed]
        reasons = " ".join(reason["message"] for reason in standing)
        return f"{ctx.drive.serial} was not touched. {reasons}" if reasons else ""

    def _judge(self, ctx: StageContext, facts: Facts) -> StageReport:
        finding, heat = _unhealthy(facts), _too_hot(facts, ctx.limits.temp_crit_c)
        policy = choose_policy(ctx.limits.verdict_policy, facts.get("hours"))
        state: State = {"smart": facts, "policy": policy.value}
        if finding:
            proof = Proof(self.label, finding.message, ok=False)
            return StageReport(
                Verdict.FAILED, message=finding.message.rstrip("."), findings=(finding,), proof=(proof,), state=state
            )
        if heat:
            return unknown(heat.message, state, findings=(heat,), proof=(Proof(self.label, heat.message, ok=False),))
        degrees = facts.get("temperature")
        seen = f"{degrees} °C" if degrees is not None else "temperature not told"
        return StageReport(
            Verdict.PASSED,
            message="Right drive, free, healthy",
            percent=100,
            proof=(Proof("Identity", f"{ctx.drive.serial}, {ctx.drive.size_bytes:,} bytes, {seen}", ok=True),),
            state=state,
        )


def _unhealthy(facts: Facts) -> Finding | None:
    if says_failing(facts):
        return Finding(
            "smart_failing", Severity.FAILURE, "The drive's own SMART status says that it is failing.", data=facts
        )
    return None


def _too_hot(facts: Facts, limit: int) -> Finding | None:
    degrees = facts.get("temperature")
    if degrees is None or degrees < limit:
        return None
    words = (
        f"The drive is at {degrees} °C, the limit is {limit} °C. Cool it and start again; this says nothing against it."
    )
    return Finding("too_hot", Severity.WARNING, words, cause=Cause.HEAT, data={"temperature": degrees, "limit": limit})
