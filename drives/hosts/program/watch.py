"""What the keeper knows of the engine it watches, and how it ends it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field

from drives.hosts.program.checkpoints import Checkpoints
from drives.hosts.program.guard import Held
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json
from drives.hosts.program.progress import Parser
from drives.hosts.program.reason import Reason
from drives.hosts.program.run_dir import RunDir
from drives.hosts.program.run_state import KILL_AFTER

POLL_SECONDS = 0.1


@dataclass
class Watch:
    """An engine, the drive it holds, and why it is being ended, if it is."""

    machine: Machine
    run: RunDir
    held: Held
    pid: int
    own_engine: bool
    checkpoints: Checkpoints
    parser: Parser = field(default_factory=Parser)
    reason: Reason | None = None
    ending_since: float | None = None
    seen: Json = field(default_factory=dict)
    was_full: bool = False

    def note(self, *, checked: bool | None, why: str) -> None:
        """Remember whether the engine was seen with the held drive open."""
        self.seen = {"guard_checked": checked, "guard_note": why}
        self.store_note()

    def store_note(self) -> None:
        if self.seen and not self.run.has("watched.json"):
            with suppress(OSError):  # a full disk must not end the run: the next look tries again
                self.run.write("watched.json", self.seen)

    def note_room(self) -> None:
        """Remember when there was no room for what the engine says: some of it may be lost."""
        self.was_full = self.was_full or self.run.is_full

    def wait(self, seconds: float) -> int | None:
        """The wait status of the engine if it ends within that time."""
        deadline = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return status
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            time.sleep(min(POLL_SECONDS, left))

    def end(self, reason: Reason | None = None) -> None:
        """Ask the engine to end, also a paused one; and insist when it does not."""
        if self.ending_since is None:
            self.ending_since = time.monotonic()
            self.reason = reason
            self.send(signal.SIGTERM)
            self.send(signal.SIGCONT)
        elif time.monotonic() - self.ending_since > KILL_AFTER:
            self.send(signal.SIGKILL)

    def kill(self, reason: Reason) -> None:
        """End the engine at once: it must not write another byte."""
        self.ending_since = time.monotonic()
        self.reason = reason
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """To the engine and its children. It is our own child, so its number cannot be another's."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
