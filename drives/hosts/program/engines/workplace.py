"""What an engine works with: the held drive, and the files for its progress and result."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, List, Tuple

from drives.hosts.program.problem import Json
from drives.hosts.program.run_dir import RunDir

if TYPE_CHECKING:  # an engine does without the guard, which takes long to load
    from drives.hosts.program.guard import Held

MOST_ERRORS = 100
REPORT_EVERY = 1.0


class Workplace:
    """One engine's run on one held drive."""

    def __init__(self, run: RunDir, held: Held, *, simulated: bool) -> None:
        self.run = run
        self.descriptor = held.descriptor
        self.size_bytes = held.disk.size_bytes
        self.logical_block = held.disk.logical_block
        self.simulated = simulated
        self._reported_at = 0.0

    def report(self, done: int, total: int) -> None:
        """Tell how far the work is, at most once per second and at its end."""
        now = time.monotonic()
        if done < total and now - self._reported_at < REPORT_EVERY:
            return
        self._reported_at = now
        percent = 100.0 * done / total if total else 100.0
        progress = {"percent": round(percent, 2), "done": done, "total": total}
        with suppress(OSError):  # a full disk of the host is no fault of the drive
            self.run.write("progress.json", {"progress": progress})

    def finish(self, result: Json) -> None:
        """Leave what was found, also when the disk of the host is full for a while."""
        self.run.write_at_last("result.json", result)


class Errors:
    """The errors an engine met: all are counted, the first ones are kept."""

    def __init__(self) -> None:
        self.count = 0
        self.kept: List[Json] = []

    def add(self, offset: int, kind: str, text: str = "") -> None:
        self.count += 1
        if len(self.kept) < MOST_ERRORS:
            self.kept.append({"offset": offset, "kind": kind, "text": text})


def merged(ranges: List[Tuple[int, int]]) -> List[List[int]]:
    """Sorted ranges [first byte, byte after the last], neighbours made one."""
    joined: List[List[int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined
