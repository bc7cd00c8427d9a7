"""Disks of a lab: a real block device each, with an identity, faults to order and SMART of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lab import loops
from tests.lab.fault_client import FaultClient
from tests.lab.smartctl.state import SmartState


@dataclass(frozen=True)
class DiskOrder:
    """What the disk is to be like. Bytes, and the identity that its SMART tells."""

    size: int
    serial: str
    wwn: str
    model: str = "WDC WD40EFRX-68N32N0"
    protocol: str = "ATA"
    logical_block: int = 512
    physical_block: int = 4096
    rotation_rate: int = 5400
    read_only: bool = False


@dataclass
class LabDisk:
    """One disk. `device` changes when it is detached and attached again, as names do."""

    name: str
    order: DiskOrder
    image: Path
    client: FaultClient
    smart: SmartState
    device: str = field(default="", init=False)

    @property
    def size(self) -> int:
        """What the disk says it holds, in bytes."""
        return self.order.size

    @property
    def serial(self) -> str:
        """The serial number that SMART tells."""
        return str(self.smart.read()["serial"])

    @property
    def wwn(self) -> str:
        """The world wide name that SMART tells, sixteen hexadecimal digits."""
        return str(self.smart.read()["wwn"])

    @property
    def model(self) -> str:
        """The model that SMART tells."""
        return self.order.model

    @property
    def devname(self) -> str:
        """The kernel's name, without /dev."""
        return Path(self.device).name

    def attach(self) -> str:
        """Make it a block device; the path."""
        self.device = loops.attach(self.image, sector=self.order.logical_block, read_only=self.order.read_only)
        self.smart.update(device=self.device)
        return self.device

    def detach(self) -> None:
        """Take the block device away; nobody may have it open."""
        device, self.device = self.device, ""
        if device:
            self.smart.update(device="")
            loops.detach(device)

    def unplug(self) -> None:
        """Pull it out in the middle of things: every request fails, and smartctl finds no device."""
        self.client.tell(op="offline", disk=self.name, error="ENXIO")
        self.smart.update(gone=True)

    def plug(self) -> None:
        """Put it back."""
        self.client.tell(op="online", disk=self.name)
        self.smart.update(gone=False)

    def fault(self, kind: str, offset: int, length: int, **options: Any) -> int:
        """Order a fault (see FaultKind) for a range of bytes; its number.

        Options: `xor` (corrupt-*), `to` (misdirected-write), `ms` (slow), `count` (so many times only).
        """
        answer = self.client.tell(op="fault", disk=self.name, kind=str(kind), offset=offset, length=length, **options)
        return int(answer["id"])

    def clear(self, number: int | None = None) -> None:
        """End one fault; or all of them, and whatever the whole disk suffers from."""
        self.client.tell(op="clear", disk=self.name, id=number)

    def offline(self, error: str = "EIO") -> None:
        """Fail every request with EIO, ENODEV, ENXIO or ENOSPC."""
        self.client.tell(op="offline", disk=self.name, error=error)

    def hang(self) -> None:
        """Answer nothing until `online`."""
        self.client.tell(op="hang", disk=self.name)

    def online(self) -> None:
        """End `offline` and `hang`."""
        self.client.tell(op="online", disk=self.name)

    def limit(self, bytes_per_second: int) -> None:
        """Be no faster than this; 0 is as fast as it goes."""
        self.client.tell(op="limit", disk=self.name, bytes_per_second=bytes_per_second)

    def fake(self, real_size: int, how: str = "wrap") -> None:
        """Lie about the capacity: what lies beyond wraps round (`wrap`) or is dropped (`drop`)."""
        self.client.tell(op="fake", disk=self.name, size=real_size, how=how)

    def stats(self) -> dict[str, Any]:
        """What was done to the disk (see FaultyDisk.stats)."""
        return self.client.tell(op="stats", disk=self.name)

    def reset_stats(self) -> None:
        """Count `stats()["since_reset"]` from zero."""
        self.client.tell(op="reset", disk=self.name)

    def bytes_written(self) -> int:
        """Bytes written since the last reset: 0 proves that nobody touched it."""
        return int(self.stats()["since_reset"]["bytes_written"])

    def checksum(self) -> str:
        """Describe the content below all faults: equal content, equal checksum."""
        return str(self.client.tell(op="checksum", disk=self.name)["sha256"])

    def peek(self, offset: int, length: int) -> bytes:
        """Read the content below all faults (at most 1 MiB)."""
        answer = self.client.tell(op="peek", disk=self.name, offset=offset, length=length)
        return bytes.fromhex(answer["hex"])

    def as_json(self) -> dict[str, Any]:
        """Describe the disk for whoever drives the lab from outside."""
        return {
            "name": self.name,
            "device": self.device,
            "devname": self.devname,
            "size_bytes": self.size,
            "serial": self.serial,
            "wwn": self.wwn,
            "model": self.model,
            "protocol": self.order.protocol,
            "smart_state": str(self.smart.path),
        }
