"""The contract of a stage: everything that the engine, the table, the API and the job page need to know of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from jobs.heat import Exposure

State = dict[str, Any]
STANDARD, CLASSIC = "standard", "classic"  # the plans of a surface test: by stamps and zeros, or by badblocks


class Verdict(StrEnum):
    """How a stage stands. FAILED says that the drive is bad; UNKNOWN that we cannot say."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How much a finding weighs."""

    INFO = "info"
    WARNING = "warning"
    FAILURE = "failure"


class Cause(StrEnum):
    """Whose fault a finding is."""

    DRIVE = "drive"
    LINK = "link"
    HOST = "host"
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact about the drive, with a sentence for a person and the numbers behind it."""

    code: str
    severity: Severity
    message: str
    cause: Cause = Cause.DRIVE
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """A line of evidence: what was claimed, what was seen, and whether that is enough."""

    label: str
    value: str
    ok: bool


@dataclass(frozen=True, slots=True)
class StageReport:
    """What a stage says of itself. `state` is handed back at the next call; `percent` and bytes are of the stage."""

    verdict: Verdict
    message: str = ""
    percent: float = 0.0
    bytes_done: int = 0
    bytes_total: int = 0
    findings: tuple[Finding, ...] = ()
    proof: tuple[Proof, ...] = ()
    bad_blocks: int = 0
    log: str = ""
    position_log: Sequence[Mapping[str, Any]] = ()  # speed and worst latency along the surface, per pass and phase
    state: State = field(default_factory=dict)
    waiting: str = ""  # why nothing can be done now; the engine asks again later


@dataclass(frozen=True, slots=True)
class Target:
    """The drive a stage works on: the identity that was confirmed, and where it was seen last."""

    serial: str
    wwn: str
    size_bytes: int
    devname: str
    protocol: str = ""
    logical_block: int = 512
    physical_block: int = 512
    overrides: tuple[str, ...] = ()  # soft refusals that an admin overrode for this burn-in

    def guard(self) -> dict[str, Any]:
        """Return the identity as the host-side guard checks it on the open file."""
        return {
            "serial": self.serial,
            "wwn": self.wwn,
            "size_bytes": self.size_bytes,
            "devname": self.devname,
            "overrides": list(self.overrides),
        }


class HostDoor(Protocol):
    """The operations of the host-side program (docs/host-program.md). Each raises HostError when it cannot answer."""

    def hello(self) -> dict[str, Any]: ...
    def inventory(self, *, smart: bool = False) -> dict[str, Any]: ...
    def smart(self, *, serial: str, devname: str = "", action: str = "read", kind: str = "") -> dict[str, Any]: ...
    def launch(
        self,
        *,
        run_id: str,
        guard: Mapping[str, Any],
        argv: Sequence[str] | None = None,
        engine: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]: ...
    def probe(
        self,
        *,
        runs: Sequence[str] = (),
        smart: Sequence[Mapping[str, str]] = (),
        temperatures: Sequence[Mapping[str, str]] = (),
        inventory: bool = False,
    ) -> dict[str, Any]: ...
    def signal(self, *, run_id: str, action: str) -> dict[str, Any]: ...
    def collect(self, *, run_id: str) -> dict[str, Any]: ...
    def clean(self, *, run_id: str) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as too much, from the settings."""

    temp_crit_c: int = 55
    bad_block_threshold: int = 0
    io_seconds: int = 25
    verdict_policy: str = "auto"
    drive_wait_s: int = 24 * 3600


@dataclass(frozen=True, slots=True)
class StageContext:
    """Everything a stage may use. `run_key` names its runs on the host and is the same after a crash of ours."""

    drive: Target
    host: HostDoor
    host_name: str
    state: State
    run_key: str
    now: datetime
    limits: Limits
    plan_destructive: bool
    earlier: Mapping[str, State] = field(default_factory=dict)
    heat: Exposure | None = None
    surface_plan: str = CLASSIC


@dataclass(frozen=True, slots=True)
class Watch:
    """What the observer is to ask the host for on behalf of a running stage."""

    runs: tuple[str, ...] = ()
    smart: bool = False
    every_s: float = 0.5  # the least; where runs are watched the host itself waits for news


@dataclass(frozen=True, slots=True)
class Glance:
    """What the observer's answer means for the table. `decide`: the stage needs its `poll()`."""

    percent: float = 0.0
    message: str = ""
    bytes_done: int = 0
    bytes_total: int = 0
    decide: bool = False
    shown: Mapping[str, Any] = field(default_factory=dict)


class Stage(ABC):
    """One step of a burn-in. Holds no state: a stage object serves every job."""

    key: ClassVar[str]  # equals the module's name
    label: ClassVar[str]  # what the table shows
    short: ClassVar[str]  # the same where there is little room
    order: ClassVar[int]  # 10, 20, 30 … room between
    weight: ClassVar[float]  # share of the bar, by expected time
    destructive: ClassVar[bool] = False
    smart_kind: ClassVar[str] = ""  # the self-test that this stage is
    resumes: ClassVar[bool] = False  # start() with a state goes on where an earlier attempt ended
    engines: ClassVar[tuple[type["Stage"], ...]] = ()  # the ways to do it, if it chooses among several

    @abstractmethod
    def start(self, ctx: StageContext) -> StageReport:
        """Set the work going and return at once. Called again after a crash: look before you launch."""

    @abstractmethod
    def poll(self, ctx: StageContext) -> StageReport:
        """Say how far the work is, and take the next step if one is due. Return within seconds."""

    def watch(self, state: State) -> Watch | None:
        """Say what the observer should look at, or None when there is nothing to see."""
        return None

    def glance(self, state: State, seen: Mapping[str, Any]) -> Glance:
        """Read the observer's answer (the host-side program's `probe`). Pure: no host, no clock."""
        return Glance(decide=True)

    def cancel(self, ctx: StageContext) -> None:  # noqa: B027  most stages leave nothing running
        """Stop whatever start() left running. Safe to call when nothing runs."""

    def stuck_after_s(self, state: State, setting_s: float) -> float:
        """Return how long this stage may stand still, given what the settings say."""
        return setting_s

    def run_ids(self, state: State) -> tuple[str, ...]:
        """Return every run this stage made on the host, so that they can be cleaned away at the end."""
        return ()


def unknown(message: str, state: State, **rest: Any) -> StageReport:
    """Say that we cannot say: the drive is neither good nor bad on our account."""
    return StageReport(Verdict.UNKNOWN, message=message, state=state, **rest)
