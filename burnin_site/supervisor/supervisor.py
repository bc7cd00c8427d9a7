"""The loop that keeps all programs of one machine running."""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from select import select
from time import monotonic

from burnin_site.supervisor import processes
from burnin_site.supervisor.child import Child
from burnin_site.supervisor.console import Console
from burnin_site.supervisor.logfile import LogFile
from burnin_site.supervisor.oneshot import OneShot
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.records import Records

TICK_S = 0.25
FIRST_WAVE_S = 5.0
STOP_LIMIT_S = 9.0
SECOND_THOUGHT_S = 0.5  # one Ctrl-C may arrive twice: from the terminal and from make


def clear_the_way(data_dir: Path, console: Console) -> None:
    """End what a supervisor that was killed left running on this data directory. The caller holds its lock."""
    if count := Records(data_dir / "run").end_leftovers():
        console.say(f"Ended {count} processes that an earlier run had left behind.")


class Supervisor:
    """Starts programs, restarts what ends, and stops them all on SIGTERM or SIGINT; a second Ctrl-C kills at once."""

    def __init__(
        self, programs: Sequence[Program], *, once: Sequence[OneShot] = (), data_dir: Path, console: Console
    ) -> None:
        self._once = once
        self._console = console
        self._records = Records(data_dir / "run")
        self._children = [
            Child(program, log=LogFile(data_dir / "logs" / f"{program.name}.log"), records=self._records)
            for program in programs
        ]
        self._stop_asked_at: float | None = None
        self._in_a_hurry = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def run(self, *, each_tick: Callable[["Supervisor"], None] = lambda _: None) -> None:
        """Keep everything running until a signal asks to stop; return when nothing is left."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        processes.adopt_orphans()
        while self._stop_asked_at is None:
            for child in self._children:
                if event := child.look_after():
                    self._console.say(f"{child.program.name}: {event}")
            each_tick(self)
            self._tidy()
        self._stop()

    def child(self, name: str) -> Child:
        """Return the child with this name."""
        return next(child for child in self._children if child.program.name == name)

    def say(self, sentence: str) -> None:
        """Print a line."""
        self._console.say(sentence)

    def _on_signal(self, number: int, _frame: object) -> None:
        if self._stop_asked_at is None:
            self._stop_asked_at = monotonic()
        elif number == signal.SIGINT and monotonic() > self._stop_asked_at + SECOND_THOUGHT_S:
            self._in_a_hurry = True
        os.write(self._wake_write, b".")

    def _tidy(self) -> None:
        for child in self._children:
            child.log.keep_small()
            self._show_log(child)
        for command in self._once:
            for line in command.look_after():
                self._console.show_plain(line)
        pids = [*(child.pid for child in self._children), *(command.pid for command in self._once)]
        processes.reap_orphans(keep=[pid for pid in pids if pid])
        if select([self._wake_read], [], [], TICK_S)[0]:
            os.read(self._wake_read, 64)

    def _show_log(self, child: Child) -> None:
        for line in child.log.new_lines():
            self._console.show(child.program.name, line)

    def _stop(self) -> None:
        self._console.say("Stopping.")
        first = [child for child in self._children if not child.program.stops_last]
        last = [child for child in self._children if child.program.stops_last]
        end = monotonic() + STOP_LIMIT_S
        self._ask(first, until=monotonic() + FIRST_WAVE_S)
        self._ask(last, until=end)
        self._wait(first, until=end)
        for child in self._children:
            child.kill()
            self._show_log(child)
        me = os.getpid()
        left = processes.kill_all(lambda: processes.descendants(me))
        self._console.say(f"{len(left)} processes would not end." if left else "Stopped.")

    def _ask(self, children: list[Child], *, until: float) -> None:
        for child in children:
            child.ask_to_stop()
        self._wait(children, until=until)

    def _wait(self, children: list[Child], *, until: float) -> None:
        while not self._in_a_hurry and monotonic() < until and not all(child.has_stopped() for child in children):
            self._tidy()
