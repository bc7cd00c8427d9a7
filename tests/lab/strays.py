"""Writes that went astray: what lands in a place by mistake stays there until that place is written once more."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from tests.lab.faults import Fault, FaultKind


@dataclass(slots=True)
class _Target:
    start: int
    end: int
    written: bool = False
    waiting: dict[int, bytes] = field(default_factory=dict)  # by place


class Strays:
    """Decide that a stray write comes after the write which belongs in its place.

    Who writes with several orders on their way may send both at once. A drive carries them out in either order; a test
    that is to find the stray needs one of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._targets: dict[int, _Target] = {}

    def expect(self, fault: Fault) -> None:
        """Note where the writes of a fault will land."""
        if fault.kind is FaultKind.MISDIRECTED_WRITE:
            with self._lock:
                self._targets[fault.number] = _Target(fault.target, fault.target + fault.end - fault.start)

    def forget(self, number: int | None) -> None:
        """Let those of one fault, or of all, be."""
        with self._lock:
            self._targets = {} if number is None else {n: t for n, t in self._targets.items() if n != number}

    def went(self, fault: Fault, part: bytes, place: int) -> None:
        """Keep a stray, before it is stored, if the write that belongs in its place is still to come."""
        with self._lock:
            target = self._targets.get(fault.number)
            if target and not target.written:
                target.waiting[place] = part

    def after_write(self, start: int, end: int) -> list[tuple[int, bytes]]:
        """Return the strays, and their places, that are to be stored now that [start, end) was."""
        if not self._targets:
            return []
        strays: list[tuple[int, bytes]] = []
        with self._lock:
            for target in self._targets.values():
                if start < target.end and target.start < end:
                    target.written = True
                    strays += target.waiting.items()
                    target.waiting = {}
        return strays
