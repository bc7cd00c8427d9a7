"""Telling how far a run is, and keeping checkpoints, while the drive works on."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from typing import Tuple

from drives.hosts.program.engines.stamped_state import State
from drives.hosts.program.problem import Json
from drives.hosts.program.run_dir import RunDir

PROGRESS_EVERY = 1.0
CHECKPOINT_EVERY = 10.0
LAST_WAIT = 5.0

Paper = Tuple[str, Json, bool]


class Clerk:
    """Writes files of the run in a thread of its own: a slow disk of the host must not hold up the drive."""

    def __init__(self, run: RunDir) -> None:
        self._run = run
        self._papers: queue.SimpleQueue[Paper | None] = queue.SimpleQueue()
        self._free = threading.Event()
        self._free.set()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def free(self) -> bool:
        return self._free.is_set()

    def write(self, name: str, value: Json, *, durable: bool) -> None:
        self._free.clear()
        self._papers.put((name, value, durable))

    def close(self) -> None:
        self._papers.put(None)
        self._thread.join(LAST_WAIT)

    def _work(self) -> None:
        paper = self._papers.get()
        while paper is not None:
            name, value, durable = paper
            with suppress(OSError):  # a full disk of the host is no fault of the drive
                self._run.write(name, value, durable=durable)
            self._free.set()
            paper = self._papers.get()


class Reporter:
    """Progress each second, a checkpoint every ten."""

    def __init__(self, run: RunDir, state: State) -> None:
        self._run = run
        self._state = state
        self._clerk = Clerk(run)
        self._checkpoint = state.checkpoint()
        self._checkpoint_at = self._told_at = time.monotonic()
        self._told_bytes = state.bytes_done
        self._seconds = 0.0

    @property
    def free(self) -> bool:
        """Is the last paper written?"""
        return self._clerk.free

    def look(self, *, now: float) -> None:
        """Write what is due, unless the last paper is still being written."""
        if now - self._told_at < PROGRESS_EVERY or not self.free:
            return
        if now - self._checkpoint_at >= CHECKPOINT_EVERY:
            self._checkpoint_at = now
            self._checkpoint = self._state.checkpoint()
            self._clerk.write("checkpoint.json", self._checkpoint, durable=True)
        else:
            self._clerk.write("progress.json", {"progress": self._progress(now)}, durable=False)

    def keep(self) -> None:
        """Take a checkpoint at the next occasion: a phase has ended."""
        self._checkpoint_at = float("-inf")

    def close(self) -> None:
        """The last checkpoint and the last progress, written before this returns."""
        self._clerk.close()
        with suppress(OSError):
            self._checkpoint = self._state.checkpoint()
            self._run.write("checkpoint.json", self._checkpoint, durable=True)
            self._run.write("progress.json", {"progress": self._progress(time.monotonic())})

    def _progress(self, now: float) -> Json:
        state, last = self._state, len(self._state.tallies) - 1
        done, past = state.bytes_done, now - self._told_at
        rate = (done - self._told_bytes) / past if past > 0 else 0.0
        self._told_at, self._told_bytes = now, done
        index = min(state.pass_index, last)
        position = state.size_bytes if state.finished else state.position
        return {
            "phase": state.chosen.phases[-1] if state.finished else state.phase,
            "pass": index,
            "pattern": state.chosen.passes[index].words,
            "percent": round(100.0 * position / state.size_bytes, 2),
            "position": position,
            "bytes_done": done,
            "bytes_total": state.bytes_total,
            "errors": state.findings.tally(),
            "rate": round(rate),
            "elapsed_s": round(sum(one.write_seconds + one.verify_seconds for one in state.tallies)),
            "completed": state.finished,
            "checkpoint": self._checkpoint,
        }
