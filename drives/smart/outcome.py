"""How the self-test that we started went. Positive proof or nothing."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from drives.smart.report import SelfTestEntry, SelfTestStatus, SmartReport

HOURS_WRAP = 65536  # ATA logs hours in 16 bits


class OutcomeKind(StrEnum):
    """`missing`: nothing runs and the drive's log has no entry that can be ours."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    ABORTED = "aborted"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a self-test stands, with the entry of the log that says so."""

    kind: OutcomeKind
    remaining_percent: int | None = None
    entry: SelfTestEntry | None = None


ENDINGS = {
    SelfTestStatus.PASSED: OutcomeKind.PASSED,
    SelfTestStatus.FAILED: OutcomeKind.FAILED,
    SelfTestStatus.ABORTED: OutcomeKind.ABORTED,
}


def log_mark(report: SmartReport) -> str:
    """Return a short text that differs as soon as the drive's log has a new entry. Keep it when a test starts."""
    lines = [f"{entry.kind}|{entry.status}|{entry.lifetime_hours}|{entry.lba}" for entry in _ended(report)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def selftest_outcome(report: SmartReport, kind: str, started_at_hours: int | None, *, mark: str = "") -> Outcome:
    """Say how the test of this kind went that was started at this power-on hour.

    Only the newest entry counts, if it is of that kind, not older than the start, and new since `mark` was taken:
    drives and bridges drop tests without a word.
    """
    if report.self_test.running:
        return Outcome(OutcomeKind.RUNNING, report.self_test.remaining_percent)
    newest = report.self_test.last
    if newest is None or newest.kind != kind or (mark and mark == log_mark(report)):
        return Outcome(OutcomeKind.MISSING)
    if not _is_since(newest, started_at_hours, report.protocol):
        return Outcome(OutcomeKind.MISSING)
    return Outcome(ENDINGS.get(newest.status, OutcomeKind.MISSING), entry=newest)


def _ended(report: SmartReport) -> list[SelfTestEntry]:
    return [entry for entry in report.self_test.log if entry.status is not SelfTestStatus.RUNNING]


def _is_since(entry: SelfTestEntry, started_at_hours: int | None, protocol: str) -> bool:
    if started_at_hours is None or entry.lifetime_hours is None:
        return False
    if protocol != "ATA":
        return entry.lifetime_hours >= started_at_hours
    # Half the circle back would be 32,768 hours ago, half of it ahead cannot have happened yet.
    return (entry.lifetime_hours - started_at_hours) % HOURS_WRAP < HOURS_WRAP // 2
