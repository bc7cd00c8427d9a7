"""One supervised process with everything it started."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

from burnin_site.supervisor import processes
from burnin_site.supervisor.backoff import Backoff
from burnin_site.supervisor.environments import inherited
from burnin_site.supervisor.health import HealthWatch
from burnin_site.supervisor.logfile import LogFile
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.records import Records

LEASH = str(Path(__file__).with_name("leash.py"))


def leashed(argv: tuple[str, ...], *, death_signal: int) -> tuple[str, ...]:
    """Return the command that runs this one and dies with the calling process."""
    return (sys.executable, "-I", "-S", LEASH, str(int(death_signal)), str(os.getpid()), *argv)


class Child:
    """Starts a program, sees it end, and starts it again after a pause.

    Call everything from the main thread: the kernel ends a leashed process when the *thread* that started it ends.
    """

    def __init__(self, program: Program, *, log: LogFile, records: Records) -> None:
        self.program = program
        self.log = log
        self._records = records
        self._backoff = Backoff()
        self._process: subprocess.Popen[bytes] | None = None
        self._health: HealthWatch | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    @property
    def is_well(self) -> bool:
        """Whether it runs and, if it has an address to ask, has answered."""
        return self._process is not None and (self._health is None or self._health.answered)

    def start(self) -> None:
        """Start it, in a session and process group of its own."""
        program = self.program
        descriptor = self.log.open()
        try:
            self._process = subprocess.Popen(
                leashed(program.argv, death_signal=program.death_signal),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
                env={**inherited(program.environment), **dict([self._records.mark])},
            )
        finally:
            os.close(descriptor)
        self._started_at = monotonic()
        if found := processes.find(self._process.pid):
            self._records.write(program.name, found)
        if program.health_url:
            self._health = HealthWatch(program.health_url)

    def look_after(self) -> str:
        """Do what is due now: notice its end, restart it. Return a sentence when something happened."""
        if self._process is None:
            return self._start_if_due()
        complaint = self._health.complaint() if self._health else ""
        if not complaint and not self.has_stopped():
            return ""
        lived_s = monotonic() - self._started_at
        code = self.kill()
        delay = self._backoff.next_delay(lived_s=lived_s)
        self._start_again_at = monotonic() + delay
        return f"{complaint or _how_it_ended(code)} It starts again in {delay:g} s."

    def _start_if_due(self) -> str:
        if monotonic() < self._start_again_at:
            return ""
        try:
            self.start()
        except OSError as error:
            self.kill()
            delay = self._backoff.next_delay(lived_s=0)
            self._start_again_at = monotonic() + delay
            return f"It cannot be started: {error}. Next try in {delay:g} s."
        return ""

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process itself: it knows in which order to stop what it started."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)

    def has_stopped(self) -> bool:
        """Whether the process has ended; the rest of its group may still run.

        It is not collected here: as long as it is a zombie its pid, which is the group's name, is not used again.
        """
        if self._process is None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self) -> int:
        """Kill it and the rest of its process group, collect it, and return how it ended (as subprocess does)."""
        if self._health:
            self._health.stop()
            self._health = None
        process, self._process = self._process, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        processes.kill_all(lambda: processes.group_members(process.pid))
        code = process.wait()
        self._records.forget(self.program.name)
        return code


def _how_it_ended(code: int) -> str:
    return f"It was killed ({signal.Signals(-code).name})." if code < 0 else f"It ended with exit code {code}."
