"""Writes that went astray: they win over the writes that belong in their places until the disk is flushed."""

from __future__ import annotations

import threading


class Strays:
    """What landed in a wrong place since the last flush.

    Who writes with several orders on their way may have the stray and the right write there at once. A drive carries
    them out in either order; a test that is to find the stray needs one of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_place: dict[int, bytes] = {}

    def add(self, place: int, part: bytes) -> None:
        """Note a stray, before it is stored."""
        with self._lock:
            self._by_place[place] = part

    def forget(self) -> None:
        """Let the next write of any place win."""
        with self._lock:
            self._by_place = {}

    def over(self, start: int, end: int) -> list[tuple[int, bytes]]:
        """Return what is to be stored, and where, now that [start, end) was."""
        if not self._by_place:
            return []
        with self._lock:
            return [
                (max(place, start), part[max(0, start - place) : end - place])
                for place, part in self._by_place.items()
                if place < end and start < place + len(part)
            ]
