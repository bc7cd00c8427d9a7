"""Simulated time: wall time multiplied by a speed that may change while the host runs."""

import time
from pathlib import Path
from typing import TypedDict, cast

from mock_truenas.world import documents


class ClockFile(TypedDict):
    """At `wall` the simulated clock stood at `simulated`, and it has run at `speed` since."""

    wall: float
    simulated: float
    speed: float


class Clock:
    """The clock of one pretend host, shared through a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock.json"
        self._stamp = -1
        self._reading: ClockFile | None = None

    def now(self) -> float:
        """Give the simulated seconds since the world began."""
        reading = self.reading()
        return reading["simulated"] + (time.time() - reading["wall"]) * reading["speed"]

    def speed(self) -> float:
        """Give how many simulated seconds pass in one second."""
        return self.reading()["speed"]

    def wall_of(self, simulated: float) -> float:
        """Give the wall time at which the clock stood, or will stand, there."""
        reading = self.reading()
        return reading["wall"] + (simulated - reading["simulated"]) / reading["speed"]

    def set_speed(self, speed: float) -> None:
        """Go on from here at another speed."""
        self.restart(at=self.now(), speed=speed)

    def restart(self, *, at: float, speed: float) -> None:
        """Set the clock."""
        documents.write(self._path, {"wall": time.time(), "simulated": at, "speed": speed})

    def exists(self) -> bool:
        """Whether the world has a clock already."""
        return self._path.exists()

    def reading(self) -> ClockFile:
        """Give the file's content, read again only when somebody set the clock."""
        stamp = self._path.stat().st_mtime_ns
        if self._reading is None or stamp != self._stamp:
            self._reading = cast(ClockFile, documents.read(self._path))
            self._stamp = stamp
        return self._reading
