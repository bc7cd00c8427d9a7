"""Rules over counters that the drive keeps: what may be there at the end, and what may not have grown meanwhile.

Thresholds: Backblaze's five (5, 187, 188, 197, 198), the failure rates published for them, and 10, 184, 196, 199.
The growth during a full write is the test: drives remap in silence, so nothing may be seen on the surface.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jobs.stages.base import Cause, Severity
from jobs.verdict.case import Case, Facts
from jobs.verdict.policy import Policy
from jobs.verdict.ruling import Name, Ruling

ATA, SCSI, NVME = "ATA", "SCSI", "NVMe"
NEVER = None


class Measure(StrEnum):
    """What a counter is judged by. `restarting` ones begin at zero when the drive is powered on."""

    END = "end"
    GROWTH = "growth"
    RESTARTING = "restarting"


@dataclass(frozen=True, slots=True)
class CounterRule:
    """`fails_new`, `fails_used`: from which number on the drive fails; below that, and above zero, it is a warning.

    `had`: from which number on it is a warning that a used drive's counter was not zero when the burn-in began; of a
    new drive one is enough.
    """

    name: Name
    fact: str
    words: str
    families: tuple[str, ...]
    measure: Measure = Measure.GROWTH
    fails_new: int | None = 1
    fails_used: int | None = 1
    had: int | None = 1
    cause: Cause = Cause.DRIVE
    advice: str = ""

    def __call__(self, case: Case) -> Ruling:
        """Judge this counter."""
        if case.protocol not in self.families:
            return self.name.not_applicable(f"{_kind(case.protocol)} drives do not keep this counter.")
        if case.after is None:
            return self.name.not_applicable("SMART was not read after the test.")
        if self.fact not in case.after:
            return self._silent(case.before or {})
        now = int(case.after[self.fact])
        if self.measure is Measure.END:
            return self._judge(case.policy, now, {"now": now}, f"{now} {self.words}")
        if self.fact not in (case.before or {}):
            return self._no_baseline(now)
        return self._growth(case.policy, int((case.before or {})[self.fact]), now)

    def _silent(self, before: Facts) -> Ruling:
        if self.fact not in before:
            return self.name.not_applicable("The drive does not tell this counter.")
        then = before[self.fact]
        words = f"The drive told this counter before the burn-in ({then}) and does not tell it any more."
        return self.name.fired(Severity.WARNING, words, Cause.HOST, before=then)

    def _no_baseline(self, now: int) -> Ruling:
        if not now:
            return self.name.clear(f"0 {self.words}.", now=0)
        words = f"{now} {self.words} now; whether they came during the burn-in is not known: nothing was told before."
        return self.name.fired(Severity.WARNING, words, self.cause, now=now)

    def _growth(self, policy: Policy, then: int, now: int) -> Ruling:
        grown = now - then
        if grown < 0 and self.measure is Measure.RESTARTING:
            grown = now  # it began again at zero
        evidence = {"before": then, "now": now}
        if grown < 0:
            return self.name.not_applicable(f"The counter went back from {then} to {now}: the drive began it again.")
        if grown:
            words = f"{grown} {self.words} during the burn-in ({then} before, {now} now)"
            return self._judge(policy, grown, evidence, words)
        had = 1 if policy is Policy.NEW and self.had is not None else self.had
        if had is not None and then >= had:
            words = f"{then} {self.words} before the burn-in began; none came since."
            return self.name.fired(Severity.WARNING, words, self.cause, **evidence)
        return self.name.clear(f"No more than before: {now} {self.words}.", **evidence)

    def _judge(self, policy: Policy, number: int, evidence: dict[str, Any], words: str) -> Ruling:
        if not number:
            return self.name.clear(f"{words}.", **evidence)
        fails_at = self.fails_new if policy is Policy.NEW else self.fails_used
        severity = Severity.FAILURE if fails_at is not None and number >= fails_at else Severity.WARNING
        return self.name.fired(severity, f"{words}.{self.advice}", self.cause, **evidence)


def _kind(protocol: str) -> str:
    return "SAS" if protocol == SCSI else protocol


LINK_ADVICE = " Check or change cable, backplane and power before you blame the drive."
COUNTERS = (
    CounterRule(
        Name("smart_pending", "Pending sectors"),
        "pending",
        "sectors wait to be remapped",
        (ATA, SCSI),
        Measure.END,
    ),
    CounterRule(
        Name("smart_offline_uncorrectable", "Unreadable sectors"),
        "offline_uncorrectable",
        "sectors cannot be read",
        (ATA,),
        Measure.END,
    ),
    CounterRule(
        Name("smart_uncorrected", "Uncorrected errors"), "offline_uncorrectable", "uncorrected errors", (SCSI,)
    ),
    CounterRule(
        Name("smart_reported_uncorrectable", "Reported errors"),
        "reported_uncorrectable",
        "errors the drive could not correct",
        (ATA,),
    ),
    CounterRule(
        Name("smart_reallocated", "Remapped sectors"),
        "reallocated",
        "sectors were remapped",
        (ATA,),
        fails_used=3,
        had=11,
    ),
    CounterRule(
        Name("smart_reallocation_events", "Remapping events"),
        "reallocation_events",
        "remapping events",
        (ATA,),
        fails_used=3,
        had=11,
    ),
    CounterRule(
        Name("smart_grown_defects", "Grown defects"), "grown_defects", "grown defects", (SCSI,), fails_used=3, had=11
    ),
    CounterRule(Name("smart_media_errors", "Media errors"), "media_errors", "media errors", (NVME,)),
    CounterRule(Name("smart_spin_retries", "Spin-up retries"), "spin_retries", "spin-up retries", (ATA,)),
    CounterRule(Name("smart_end_to_end_errors", "End-to-end errors"), "end_to_end_errors", "end-to-end errors", (ATA,)),
    CounterRule(
        Name("smart_command_timeouts", "Command time-outs"),
        "command_timeouts",
        "command time-outs",
        (ATA,),
        fails_new=5,
        fails_used=5,
        had=NEVER,
        cause=Cause.LINK,
        advice=LINK_ADVICE,
    ),
    CounterRule(
        Name("smart_link_errors", "Transfer errors"),
        "link_errors",
        "transfer errors on the cable or backplane",
        (ATA,),
        fails_new=NEVER,
        fails_used=NEVER,
        had=NEVER,
        cause=Cause.LINK,
        advice=LINK_ADVICE,
    ),
    CounterRule(
        Name("smart_phy_errors", "Errors on the link itself"),
        "phy_errors",
        "errors counted by the drive's port",
        (ATA, SCSI),
        Measure.RESTARTING,
        fails_new=NEVER,
        fails_used=NEVER,
        had=NEVER,
        cause=Cause.LINK,
        advice=LINK_ADVICE,
    ),
    CounterRule(
        Name("smart_error_log", "Error log"),
        "error_log",
        "new entries in the error log",
        (ATA, NVME),
        fails_new=NEVER,
        fails_used=NEVER,
        had=NEVER,
    ),
    CounterRule(
        Name("smart_failed_attributes", "Attributes at their limit"),
        "failed_attributes",
        "attributes were at the limit of their maker at some time",
        (ATA,),
    ),
    CounterRule(
        Name("smart_failed_self_tests", "Self-test log"),
        "failed_self_tests",
        "self-tests in the drive's log found a fault",
        (ATA, SCSI, NVME),
    ),
)
