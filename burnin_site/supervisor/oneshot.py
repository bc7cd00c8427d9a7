"""A command that is to run once, now, and show what it prints."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from time import monotonic

from burnin_site.supervisor.child import leashed
from burnin_site.supervisor.environments import inherited
from burnin_site.supervisor.logfile import LogFile

RETRY_S = 3.0


class OneShot:
    """Runs a command until it succeeds once. Call everything from the main thread.

    `reword`: how a line that it printed is shown to the person at the terminal; the log keeps it as it is.
    """

    def __init__(
        self,
        argv: tuple[str, ...],
        *,
        log: LogFile,
        environment: Mapping[str, str] | None = None,
        reword: Callable[[str], str] = str,
    ) -> None:
        self._argv = argv
        self._reword = reword
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._due_at: float | None = None

    def request(self) -> None:
        """Have it run as soon as possible."""
        self._due_at = monotonic()

    def look_after(self) -> list[str]:
        """Start it when it is due; return what it printed once it has ended."""
        if self._process is None:
            if self._due_at is not None and monotonic() >= self._due_at:
                self._start()
            return []
        code = self._process.poll()
        if code is None:
            return []
        self._process = None
        if code != 0:
            self._due_at = self._due_at or monotonic() + RETRY_S
        return [self._reword(line) for line in self._log.new_lines()]

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def _start(self) -> None:
        self._due_at = None
        descriptor = self._log.open()
        with contextlib.closing(os.fdopen(descriptor, "wb")) as output:
            argv = leashed(self._argv, death_signal=signal.SIGKILL)
            self._process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=inherited(self._environment)
            )
