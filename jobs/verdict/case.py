"""Everything that the rules may look at, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.heat import Exposure
from jobs.pace import Pass
from jobs.verdict.policy import Policy

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Surface:
    """What the surface test claims. `claimed_bytes` were written for its proof; an interruption repeats some."""

    complete: bool
    parts: int
    read_errors: int = 0
    write_errors: int = 0
    corrupted: int = 0
    bad_blocks: int = 0
    allowed: int = 0
    claimed_bytes: int = 0
    interruptions: int = 0


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """How one of the drive's own tests ended: passed, failed, or another state of a stage."""

    kind: str
    state: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One drive before the verdict. What is None was not looked at, or the drive does not tell."""

    policy: Policy = Policy.NEW
    before: Facts | None = None
    after: Facts | None = None
    surface: Surface | None = None
    self_tests: Sequence[SelfTestResult] = ()
    heat: Exposure | None = None
    passes: Sequence[Pass] = ()

    @property
    def protocol(self) -> str:
        """Return ATA, SCSI or NVMe; snapshots of older versions do not say, and were of ATA drives mostly."""
        return str((self.after or self.before or {}).get("protocol") or "ATA")
