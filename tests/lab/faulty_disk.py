"""One lab disk: its content, the faults in force, and what was done to it."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from tests.lab.faults import (
    CHANGED_ON_WRITE,
    SECTOR,
    UNREADABLE,
    UNWRITABLE,
    Fault,
    FaultKind,
    WrongFault,
    fault_from,
    without,
)
from tests.lab.gate import Gate
from tests.lab.store import SparseStore
from tests.lab.strays import Strays


@dataclass
class Counters:
    """What the disk did since it was made, or since the last reset."""

    bytes_read: int = 0
    bytes_written: int = 0
    reads: int = 0
    writes: int = 0
    flushes: int = 0
    read_errors: int = 0
    write_errors: int = 0
    refused: int = 0  # while offline: the medium never heard of it


class FaultyDisk:
    """Answer reads and writes as a drive with these faults would."""

    def __init__(self, name: str, store: SparseStore) -> None:
        self.name = name
        self.store = store
        self.size = store.size
        self.gate = Gate()
        self._lock = threading.Lock()
        self._faults: tuple[Fault, ...] = ()
        self._last_number = 0
        self._strays = Strays()
        self._real_size = self.size
        self._wraps = False
        self._total = Counters()
        self._since_reset = Counters()
        self._healed_bytes = 0

    def add(self, order: Mapping[str, Any]) -> int:
        """Put a fault in force; its number."""
        with self._lock:
            fault = fault_from(order, number=self._last_number + 1, size=self.size)
            self._last_number = fault.number
            if fault.kind is FaultKind.MISDIRECTED_WRITE:
                self._strays.expect((fault.target, fault.target + fault.end - fault.start))
            self._faults = (*self._faults, fault)
        return fault.number

    def clear(self, number: int | None = None) -> None:
        """End one fault; or all of them, and every state of the whole disk."""
        with self._lock:
            self._faults = tuple(f for f in self._faults if number not in (None, f.number))
        if number is None:
            self._strays = Strays()
            self.fake(self.size, "drop")
            self.gate.limit(0)
            self.gate.come_online()

    def fake(self, real_size: int, how: str) -> None:
        """Have less room than the disk says: what lies beyond wraps round or is dropped."""
        if how not in ("wrap", "drop") or not 0 < real_size <= self.size:
            raise WrongFault("A fake needs a real size within the disk, and wrap or drop.")
        with self._lock:
            self._real_size, self._wraps = real_size, how == "wrap"

    def reset(self) -> None:
        """Count `since_reset` from zero again."""
        with self._lock:
            self._since_reset = Counters()

    def stats(self) -> dict[str, Any]:
        """Everything that is known about the disk, as JSON."""
        with self._lock:
            pending = sum(f.end - f.start for f in self._faults if f.kind is FaultKind.PENDING)
            unreadable = (f.start for f in self._faults if f.kind in UNREADABLE)
            return {
                "size": self.size,
                "real_size": self._real_size,
                **asdict(self._total),
                "since_reset": asdict(self._since_reset),
                "healed_sectors": self._healed_bytes // SECTOR,
                "pending_sectors": pending // SECTOR,
                "first_unreadable": min(unreadable, default=None),
                "faults": [f.as_json() for f in self._faults],
                **self.gate.as_json(),
            }

    def read_into(self, view: memoryview, offset: int) -> int:
        """Read, or raise the OSError that a drive with these faults would give."""
        met = self._admit(len(view), offset, UNREADABLE, "read_errors")
        for position, place, length in self._real_pieces(offset, len(view)):
            part = view[position : position + length]
            if place is None:
                part[:] = bytes(length)
            else:
                self.store.read_into(part, place)
        for fault in met:
            if fault.kind is FaultKind.CORRUPT_READ:
                first, last = fault.overlap(offset, offset + len(view))
                _flip(view[first - offset : last - offset], fault.xor)
        self._count(bytes_read=len(view), reads=1)
        return len(view)

    def write(self, view: memoryview, offset: int) -> int:
        """Write, or raise the OSError that a drive with these faults would give."""
        met = self._admit(len(view), offset, UNWRITABLE, "write_errors")
        wrong = [f for f in met if f.kind in CHANGED_ON_WRITE]
        if wrong:
            self._write_wrongly(view, offset, wrong)
        else:
            self._store(view, offset)
        for place, stray in self._strays.after((offset, offset + len(view))):
            self._store(memoryview(stray), place)
        if any(f.kind is FaultKind.PENDING for f in met):
            self._heal(offset, offset + len(view))
        self._count(bytes_written=len(view), writes=1)
        return len(view)

    def flush(self) -> None:
        """Take note of a flush; the store needs none."""
        self.gate.pass_through(0)
        self._strays.flushed()
        self._count(flushes=1)

    def _admit(self, length: int, offset: int, fatal: frozenset[FaultKind], counter: str) -> tuple[Fault, ...]:
        """The faults that a request meets, once it waited as long as it must."""
        try:
            self.gate.pass_through(length)
        except OSError:
            self._count(refused=1)
            raise
        met = self._met(offset, offset + length)
        if any(f.kind in fatal for f in met):
            self._count(**{counter: 1})
            raise OSError(errno.EIO, f"{self.name}: medium error")
        return met

    def _met(self, start: int, end: int) -> tuple[Fault, ...]:
        if not self._faults:
            return ()
        met = tuple(f for f in self._faults if f.touches(start, end))
        if any(f.count for f in met):
            self._use_up(met)
        pause = sum(f.ms for f in met if f.kind is FaultKind.SLOW)
        if pause:
            time.sleep(pause / 1000)
        return met

    def _use_up(self, met: tuple[Fault, ...]) -> None:
        """Count down the faults that were ordered for a number of times."""
        with self._lock:
            self._faults = tuple(
                replace(f, count=f.count - 1) if f in met and f.count else f
                for f in self._faults
                if not (f in met and f.count == 1)
            )

    def _heal(self, start: int, end: int) -> None:
        """Remap what was pending and is written now."""
        with self._lock:
            left: list[Fault] = []
            for fault in self._faults:
                if fault.kind is not FaultKind.PENDING or not fault.touches(start, end):
                    left.append(fault)
                    continue
                first, last = fault.overlap(start, end)
                self._healed_bytes += last - first
                left.extend(without(fault, start, end))
            self._faults = tuple(left)

    def _write_wrongly(self, view: memoryview, offset: int, wrong: list[Fault]) -> None:
        """Write around the ranges that go wrong, and do the wrong thing with those."""
        position, end = offset, offset + len(view)
        for fault in sorted(wrong, key=lambda f: f.start):
            first, last = fault.overlap(position, end)
            if first >= last:  # an earlier fault had it
                continue
            self._store(view[position - offset : first - offset], position)
            part = bytearray(view[first - offset : last - offset])
            if fault.kind is FaultKind.CORRUPT_WRITE:
                _flip(memoryview(part), fault.xor)
                self._store(memoryview(part), first)
            elif fault.kind is FaultKind.MISDIRECTED_WRITE:
                place = fault.target + first - fault.start
                self._strays.add(place, bytes(part))
                self._store(memoryview(part), place)
            position = last
        self._store(view[position - offset :], position)

    def _store(self, view: memoryview, offset: int) -> None:
        for position, place, length in self._real_pieces(offset, len(view)):
            if place is not None:
                self.store.write(view[position : position + length], place)

    def _real_pieces(self, offset: int, length: int) -> Iterator[tuple[int, int | None, int]]:
        """Where a request really goes: place in the buffer, place in the store (None: nowhere), length."""
        real, done = self._real_size, 0
        while done < length:
            start = offset + done
            if start >= real and not self._wraps:
                yield done, None, length - done
                return
            place = start % real
            part = min(length - done, real - place)
            yield done, place, part
            done += part

    def _count(self, **changes: int) -> None:
        with self._lock:
            for counters in (self._total, self._since_reset):
                for name, more in changes.items():
                    setattr(counters, name, getattr(counters, name) + more)


def _flip(view: memoryview, xor: int) -> None:
    """XOR every byte in place."""
    table = bytes(value ^ xor for value in range(256))
    view[:] = bytes(view).translate(table)
