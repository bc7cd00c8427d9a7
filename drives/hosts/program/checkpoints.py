"""Where a foreign engine was, kept on the host's disk so that a power cut does not take it away.

An engine of the program itself that can go on keeps its own file of the same name.
"""

from __future__ import annotations

import time
from contextlib import suppress

from drives.hosts.program import watching
from drives.hosts.program.problem import Json
from drives.hosts.program.run_dir import RunDir

FILE = "checkpoint.json"
EVERY_S = 10.0


class Checkpoints:
    """Keeps the newest place in mind, and on the disk at most every ten seconds and when the phase changes."""

    def __init__(self, run: RunDir, boot: str) -> None:
        self._run = run
        self._boot = boot
        self._kept_at = 0.0
        self._phase: object = None
        self._newest: Json = {}

    def note(self, progress: Json | None, pid: int, number: str) -> None:
        """Look where the engine is. `progress` was read first: the place never belongs to an earlier phase."""
        if not progress or progress.get("completed"):
            return
        self._newest = place(progress, watching.position(pid, number), self._boot)
        now = time.monotonic()
        if progress["phase"] != self._phase or now - self._kept_at >= EVERY_S or now < self._kept_at:
            self._phase, self._kept_at = progress["phase"], now
            self.keep()

    def keep(self) -> None:
        """Write the newest place down; a full disk must not end the run."""
        if self._newest:
            with suppress(OSError):
                self._run.write(FILE, self._newest, durable=True)


def place(progress: Json, position: int | None, boot: str) -> Json:
    """One checkpoint: where the engine is by its own words, and by its open file."""
    said = {name: progress.get(name) for name in ("phase", "pattern", "percent", "errors")}
    return {**said, "position": position, "boot_id": boot, "at": time.time()}


def of(run: RunDir) -> Json | None:
    """The last checkpoint of a run, None when it has none."""
    return run.read(FILE) or None


def keep_for_orphan(run: RunDir, progress: Json | None, boot: str) -> None:
    """With no keeper left, whoever looks keeps the checkpoint of an engine that goes on."""
    if not progress or progress.get("completed"):
        return
    last = run.read(FILE)
    if last.get("phase") == progress["phase"] and 0 <= time.time() - float(last.get("at", 0)) < EVERY_S:
        return
    with suppress(OSError):
        run.write(FILE, place(progress, progress.get("position"), boot), durable=True)
