"""What can be wrong with a lab disk: rules over byte ranges, each with its own number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

SECTOR = 512


class FaultKind(StrEnum):
    """The ways in which a range of a disk misbehaves."""

    EIO_READ = "eio-read"
    EIO_WRITE = "eio-write"
    EIO_RW = "eio-rw"
    CORRUPT_READ = "corrupt-read"
    CORRUPT_WRITE = "corrupt-write"
    LOST_WRITE = "lost-write"
    MISDIRECTED_WRITE = "misdirected-write"
    PENDING = "pending"
    SLOW = "slow"


UNREADABLE = frozenset({FaultKind.EIO_READ, FaultKind.EIO_RW, FaultKind.PENDING})
UNWRITABLE = frozenset({FaultKind.EIO_WRITE, FaultKind.EIO_RW})
CHANGED_ON_WRITE = frozenset({FaultKind.CORRUPT_WRITE, FaultKind.LOST_WRITE, FaultKind.MISDIRECTED_WRITE})


class WrongFault(ValueError):
    """The order for a fault makes no sense."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One range and what is wrong with it."""

    number: int
    kind: FaultKind
    start: int
    end: int
    xor: int = 0xFF
    target: int = 0
    ms: float = 0.0
    count: int = 0  # so many times, then never again; 0 is always

    def touches(self, start: int, end: int) -> bool:
        """Whether a request of [start, end) meets this fault."""
        return start < self.end and self.start < end

    def overlap(self, start: int, end: int) -> tuple[int, int]:
        """The part of [start, end) that this fault concerns."""
        return max(start, self.start), min(end, self.end)

    def as_json(self) -> dict[str, Any]:
        """Show the fault as the control socket does."""
        return {
            "id": self.number,
            "kind": str(self.kind),
            "offset": self.start,
            "length": self.end - self.start,
            "xor": self.xor,
            "to": self.target,
            "ms": self.ms,
            "count": self.count,
        }


def fault_from(order: Mapping[str, Any], *, number: int, size: int) -> Fault:
    """Read a fault from an order that came over the control socket."""
    try:
        kind = FaultKind(order["kind"])
        start, length = int(order["offset"]), int(order["length"])
    except (KeyError, TypeError, ValueError) as problem:
        kinds = ", ".join(FaultKind)
        raise WrongFault(
            f"A fault needs a kind ({kinds}), an offset and a length; {problem} is not right."
        ) from problem
    if start < 0 or length <= 0 or start + length > size:
        raise WrongFault(f"Bytes {start} to {start + length} are not on this disk of {size} bytes.")
    return Fault(
        number=number,
        kind=kind,
        start=start,
        end=start + length,
        xor=int(order.get("xor", 0xFF)),
        target=int(order.get("to", 0)),
        ms=float(order.get("ms", 0)),
        count=int(order.get("count", 0)),
    )


def without(fault: Fault, start: int, end: int) -> tuple[Fault, ...]:
    """What is left of a fault once [start, end) is healed: nothing, one piece or two."""
    pieces = ((fault.start, min(fault.end, start)), (max(fault.start, end), fault.end))
    return tuple(replace(fault, start=first, end=last) for first, last in pieces if first < last)
