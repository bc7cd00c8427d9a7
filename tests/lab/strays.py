"""Writes that went astray: each wins over the write that belongs in its place, if that is still to come."""

from __future__ import annotations

import threading

Range = tuple[int, int]


class Strays:
    """What may be on its way to the same place at once, which is until the next flush.

    Who writes with several orders on their way may have the stray and the right write there at the same time. A drive
    carries them out in either order; a test that is to find the stray needs one of them. So a stray waits for the first
    write of its place, unless that came since the last flush. A place is within one request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._targets: set[Range] = set()
        self._written: list[Range] = []
        self._waiting: dict[int, bytes] = {}

    def expect(self, target: Range) -> None:
        """Watch the writes of a place, since strays may come there."""
        with self._lock:
            self._targets.add(target)

    def add(self, place: int, part: bytes) -> None:
        """Note a stray, before it is stored."""
        with self._lock:
            if not any(_meet((place, place + len(part)), written) for written in self._written):
                self._waiting[place] = part

    def after(self, written: Range) -> list[tuple[int, bytes]]:
        """Return what is to be stored, and where, now that this was written."""
        if not self._targets:
            return []
        with self._lock:
            if any(_meet(written, target) for target in self._targets):
                self._written.append(written)
            places = [place for place, part in self._waiting.items() if _meet(written, (place, place + len(part)))]
            return [(place, self._waiting.pop(place)) for place in places]

    def flushed(self) -> None:
        """Nothing is on its way any more."""
        with self._lock:
            self._written, self._waiting = [], {}


def _meet(one: Range, other: Range) -> bool:
    return one[0] < other[1] and other[0] < one[1]
