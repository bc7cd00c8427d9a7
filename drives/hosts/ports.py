"""The two doors to a host, and the values that pass through them."""

from dataclasses import dataclass, field
from typing import Protocol

from drives.hosts.edge import limits


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command on a host answered."""

    exit_code: int
    stdout: bytes
    stderr: bytes


class Shell(Protocol):
    """Runs commands on one host."""

    def run(
        self, argv: tuple[str, ...], *, stdin: bytes = b"", timeout_s: float, most_bytes: int = limits.INVENTORY_BYTES
    ) -> CommandResult:
        """Run this command, as root, and wait for its end; `timeout_s` counts from the first packet to the host.

        Raises HostError: the host is away, refuses the login, has another key, did not answer in time, or printed more
        than `most_bytes`.
        """

    def close(self) -> None:
        """Let go of the connection."""


@dataclass(frozen=True, slots=True)
class InUse:
    """A reason why nothing may write to a drive."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DiskInfo:
    """A disk as a host shows it."""

    devname: str
    serial: str
    size_bytes: int
    wwn: str = ""
    model: str = ""
    protocol: str = ""
    rotational: bool | None = None
    logical_block: int = 512
    physical_block: int = 512
    read_only: bool = False
    temperature_c: int | None = None
    smart_health: str = ""
    in_use: tuple[InUse, ...] = ()
    truenas_disk_id: str = ""


@dataclass(frozen=True, slots=True)
class InventoryReport:
    """All disks of a host at one moment. `errors` are sentences about what could not be read."""

    disks: tuple[DiskInfo, ...]
    system: str = ""
    boot_id: str = ""
    simulated: bool = False
    errors: tuple[str, ...] = field(default=())


class Inventory(Protocol):
    """Says which disks a host has."""

    def read(self) -> InventoryReport:
        """Read all disks. Raises HostError."""
