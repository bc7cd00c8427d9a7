"""Moves over a simulated surface at a drive's pace: fast outside, slow inside, standing while stopped."""

import math
import os
import signal
import time
from types import FrameType
from typing import NamedTuple

from mock_truenas.world import content, drive_state
from mock_truenas.world.catalog import LARGEST_BYTES, Drive
from mock_truenas.world.drive_state import DriveState
from mock_truenas.world.place import Place

PHASES = 8
SMALLEST_SHARE = 0.4
OUTER_RATE = 1.35
STEP_S = 0.1
LONGEST_STEP_S = 0.5
SLOW_FACTOR = 4.0
BAD_SPOTS = (0, 8, 4096)
WRITE_FAILS_AT = 4096
BUSY_S = 3.0


class Defect(NamedTuple):
    """A stretch of bytes that does not do what is asked of it."""

    start: int
    end: int
    kind: str


class Pace:
    """Says how much of a surface pass the time this process ran was good for."""

    def __init__(self, place: Place, drive: Drive) -> None:
        share = max(SMALLEST_SHARE, drive.model.size_bytes / LARGEST_BYTES)
        self._pass_seconds = place.choices["surface_seconds"] * share / PHASES
        self._clock = place.clock
        self._last = time.monotonic()
        signal.signal(signal.SIGCONT, self._continued)

    def begin(self) -> None:
        """Start to count from now."""
        self._last = time.monotonic()

    def step(self, left: float, *, slow: bool) -> float:
        """Let a moment pass and give the share of a whole pass done in it; `left` is all there is to do."""
        rate = self._clock.speed() / self._pass_seconds / (SLOW_FACTOR if slow else 1.0)
        time.sleep(max(0.0, min(STEP_S, left / rate)))
        now = time.monotonic()
        passed, self._last = now - self._last, now
        return min(passed, LONGEST_STEP_S) * rate

    def _continued(self, _signal: int, _frame: FrameType | None) -> None:
        """The time between stop and continue is not work done."""
        self._last = time.monotonic()


def place_after(share: float) -> float:
    """Give how far over the surface (0 to 1) a drive is after this share of a pass's time."""
    return OUTER_RATE * share - (OUTER_RATE - 1) * share * share


def time_until(where: float) -> float:
    """Give the share of a pass's time it takes to come that far over the surface."""
    slope = OUTER_RATE - 1
    return (OUTER_RATE - math.sqrt(OUTER_RATE**2 - 4 * slope * where)) / (2 * slope)


class Surface:
    """One drive's surface with the drive's counters behind it."""

    def __init__(self, place: Place, drive: Drive, node: int) -> None:
        self.drive = drive
        self.slow = False
        self._place = place
        self._node = node
        self._faults: list[str] = []
        self._content: list[content.Extent] = []
        self._written: list[content.Extent] = []
        self._read_bytes = 0
        self._failed_reads: set[int] = set()
        self._failed_writes: set[int] = set()

    def wrote(self, start: int, end: int, pattern: str) -> None:
        """Note that these bytes were written."""
        self._written = content.overwrite(self._written, start, end, pattern)
        os.lseek(self._node, end, os.SEEK_SET)

    def was_read(self, start: int, end: int) -> None:
        """Note that these bytes were read."""
        self._read_bytes += end - start
        os.lseek(self._node, end, os.SEEK_SET)

    def failed(self, defect: Defect) -> None:
        """Note that the drive could not read or write there."""
        kept = {"read": self._failed_reads, "write": self._failed_writes}.get(defect.kind)
        if kept is not None and len(kept) < len(BAD_SPOTS):
            kept.add(defect.start)

    def settle(self) -> None:
        """Hand what happened to the drive and see what became of it meanwhile."""
        drive_state.change(self._place, self.drive.name, self._settle)
        self._written, self._read_bytes = [], 0
        self._failed_reads, self._failed_writes = set(), set()

    def defects(self, start: int, end: int, *, writing: bool, pattern: str) -> list[Defect]:
        """Give what is wrong between these bytes for a pass that writes, or reads and compares."""
        kind = "write" if writing else "read"
        if "vanish" in self._faults or (writing and "read_only" in self._faults):
            return [Defect(start, end, kind)]
        found = self._bad_spots(kind)
        if pattern and not writing:
            gaps = content.mismatches(self._content, start, end, pattern)
            found += [Defect(*gap, "corrupt") for gap in gaps]
        return sorted(defect for defect in found if defect.start < end and defect.end > start)

    def _bad_spots(self, kind: str) -> list[Defect]:
        if not self.drive.model.fails and "bad_blocks" not in self._faults:
            return []
        first = drive_state.first_bad_lba(self.drive)
        spots = [spot for spot in BAD_SPOTS if kind == "read" or spot == WRITE_FAILS_AT]
        return [Defect((first + s) * 512, (first + s + 8) * 512, kind) for s in spots]

    def _settle(self, state: DriveState) -> None:
        held = [(start, end, pattern) for start, end, pattern in state["content"]]
        for start, end, pattern in self._written:
            held = content.overwrite(held, start, end, pattern)
            state["sectors_written"] += (end - start) // 512
        state["content"] = self._content = held
        state["sectors_read"] += self._read_bytes // 512
        state["pending"] = max(state["pending"], 8 * len(self._failed_reads))
        state["reallocated"] = max(state["reallocated"], 8 * len(self._failed_writes))
        state["busy_until"] = time.time() + BUSY_S
        self._faults = list(state["faults"])
        self.slow = "slow" in self._faults
