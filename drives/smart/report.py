"""What smartctl said about a drive, whatever its protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum

from drives.smart.fields import kept


class ExitStatus(IntFlag):
    """The bits of smartctl's exit code. Only the first two mean that reading failed."""

    BAD_COMMAND = 1
    NOT_OPENED = 2
    COMMAND_FAILED = 4
    FAILING = 8
    PREFAIL_NOW = 16
    PREFAIL_BEFORE = 32
    ERRORS_LOGGED = 64
    SELF_TEST_ERRORS = 128


class SelfTestStatus(StrEnum):
    """How a self-test in the drive's log ended."""

    PASSED = "passed"
    FAILED = "failed"
    ABORTED = "aborted"
    RUNNING = "running"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An ATA attribute. `raw` is the decoded count; vendors pack more than that into the raw bytes."""

    id: int
    name: str
    value: int | None
    worst: int | None
    thresh: int | None
    raw: int
    raw_text: str
    when_failed: str
    prefailure: bool


@dataclass(frozen=True, slots=True)
class SelfTestEntry:
    """A line of the drive's self-test log. `kind`: short, long, conveyance, selective, or another."""

    kind: str
    status: SelfTestStatus
    lifetime_hours: int | None = None
    lba: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Whether a self-test runs, and the drive's log of earlier ones, newest first."""

    running: bool = False
    remaining_percent: int | None = None
    text: str = ""
    log: tuple[SelfTestEntry, ...] = ()

    @property
    def last(self) -> SelfTestEntry | None:
        """The newest entry of the log that is over."""
        ended = (entry for entry in self.log if entry.status is not SelfTestStatus.RUNNING)
        return next(ended, None)


@dataclass(frozen=True, slots=True)
class Written:
    """What was ever written to the drive, in bytes, by its own count. It counts in steps of `unit` bytes.

    `defined`: the unit is in a standard, and not only in the name that somebody gave a vendor's attribute.
    """

    bytes: int
    unit: int
    source: str
    defined: bool = True


def written(count: int, unit: int, source: str, *, defined: bool = True) -> Written | None:
    """Return what was written, counted in steps; None when that is more than a number of 64 bits can say."""
    told = kept(count * unit)
    return None if told is None else Written(told, unit, source, defined)


@dataclass(frozen=True, slots=True)
class SmartReport:
    """A drive at one moment. None means: the drive did not say."""

    protocol: str = ""
    model: str = ""
    serial: str = ""
    size_bytes: int | None = None
    logical_block: int = 512
    health: bool | None = None
    temperature_c: int | None = None
    power_on_hours: int | None = None
    attributes: Mapping[int, Attribute] = field(default_factory=dict)
    reallocated: int | None = None
    pending: int | None = None
    uncorrectable: int | None = None
    reported_uncorrectable: int | None = None
    grown_defects: int | None = None
    media_errors: int | None = None
    link_errors: int | None = None
    critical_warning: int | None = None
    logged_errors: int | None = None
    written: Written | None = None
    phy_errors: int | None = None
    temperature_limit_c: int | None = None
    available_spare: int | None = None
    spare_threshold: int | None = None
    percentage_used: int | None = None
    self_test: SelfTest = field(default_factory=SelfTest)
    polling_minutes: Mapping[str, int] = field(default_factory=dict)
    exit_status: ExitStatus = ExitStatus(0)
    messages: tuple[str, ...] = ()

    @property
    def was_read(self) -> bool:
        """Whether smartctl could talk to the drive at all."""
        return bool(self.protocol) and not self.exit_status & (ExitStatus.BAD_COMMAND | ExitStatus.NOT_OPENED)

    @property
    def failed_attributes(self) -> int | None:
        """How many attributes are, or were at some time, at their limit; None where there are no attributes."""
        if self.protocol != "ATA":
            return None
        told = sum(bool(attribute.when_failed) for attribute in self.attributes.values())
        return told or int(bool(self.exit_status & (ExitStatus.PREFAIL_NOW | ExitStatus.PREFAIL_BEFORE)))

    @property
    def failed_self_tests(self) -> int:
        """How many self-tests of the drive's log found a fault."""
        told = sum(entry.status is SelfTestStatus.FAILED for entry in self.self_test.log)
        return told or int(bool(self.exit_status & ExitStatus.SELF_TEST_ERRORS))

    @property
    def bytes_written(self) -> int | None:
        """What was ever written to the drive, by its own count."""
        return None if self.written is None else self.written.bytes
