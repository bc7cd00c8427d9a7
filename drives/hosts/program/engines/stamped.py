"""Write stamps all over a drive and read them back: every block says where, when and by whom it was written.

So a drive that claims more room than it has, a write that was lost, one that went astray, and every flipped bit are not
only found but named.
"""

from __future__ import annotations

import resource
import signal
import sys
import time
from contextlib import contextmanager
from typing import Any, Iterator

from drives.hosts.program.engines import stamped_resume
from drives.hosts.program.engines.stamped_drive import StampedDrive
from drives.hosts.program.engines.stamped_findings import (
    BAD_BLOCK_SIZE,
    MAX_ERRORS,
    TERMINATED,
    Stop,
)
from drives.hosts.program.engines.stamped_naming import Naming
from drives.hosts.program.engines.stamped_narrow import cut
from drives.hosts.program.engines.stamped_phases import Phase, VerifyPhase, WritePhase
from drives.hosts.program.engines.stamped_plan import TILE_BYTES, WRITE, Options, options
from drives.hosts.program.engines.stamped_pumps import PUMPS, Pumps, Transfer, stations
from drives.hosts.program.engines.stamped_report import Reporter
from drives.hosts.program.engines.stamped_state import State
from drives.hosts.program.engines.workplace import Workplace
from drives.hosts.program.problem import Json

__all__ = ["options", "work"]

EXIT_CODES = {"": 0, MAX_ERRORS: 0, TERMINATED: 143}
CANNOT = 1
LOOK_EVERY = 0.05
SWITCH_INTERVAL = 0.0005
SMALLEST_BLOCK, LARGEST_BLOCK = 512, 64 * 1024


def work(place: Workplace, chosen: Options) -> int:
    """Go through the whole plan; 0 when it ran to its end, or gave up because the drive is bad."""
    run = _Run(place, chosen)
    with run.signals():
        stopped = run.through()
    place.finish(run.result(stopped))
    return EXIT_CODES.get(stopped, CANNOT)


class _Run:
    """One run of the engine."""

    def __init__(self, place: Workplace, chosen: Options) -> None:
        self.chosen = chosen
        identity = place.run.read("device.json").get("identity") or {}
        self.state = State(chosen, place.size_bytes, place.logical_block, identity)
        self.drive = StampedDrive(place)
        self.naming = Naming(chosen, place.size_bytes, place.logical_block)
        self.reporter = Reporter(place.run, self.state)
        self.stations = stations(PUMPS, chosen.io_bytes)
        self.sample_check: Json | None = None
        self._ended = False
        self._continued_at = self._ticked_at = time.monotonic()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Hear what people ask for; and let the thread that reads and writes not wait for its turn."""
        kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGCONT)}
        interval = sys.getswitchinterval()
        signal.signal(signal.SIGTERM, self._on_terminate)
        signal.signal(signal.SIGCONT, self._on_continue)
        sys.setswitchinterval(SWITCH_INTERVAL)
        try:
            yield
        finally:
            sys.setswitchinterval(interval)
            for number, handler in kept.items():
                signal.signal(number, handler)

    def through(self) -> str:
        """Every phase of every pass; "" or why it ended before."""
        try:
            self._begin()
            while not self.state.finished:
                self._phase()
        except Stop as stop:
            return stop.code
        finally:
            self.reporter.close()
        return ""

    def result(self, stopped: str) -> Json:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "engine": "stamped",
            "completed": stopped == "",
            "gave_up": stopped == MAX_ERRORS,
            "stopped": stopped,
            "run_stamp": self.chosen.stamp_words,
            "size_bytes": self.state.size_bytes,
            "logical_block": self.state.block,
            "direct": self.drive.direct,
            "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
            "passes": self.state.passes(),
            "error_count": len(self.state.findings.kept),
            "errors": self.state.findings.kept,
            "wraps_at_bytes": self.state.wraps_at_bytes,
            "sample_check": self.sample_check,
            "position_log": self.state.log.as_json(),
        }

    def _begin(self) -> None:
        block = self.state.block
        if not SMALLEST_BLOCK <= block <= LARGEST_BLOCK or TILE_BYTES % block:
            raise Stop(BAD_BLOCK_SIZE)
        if self.chosen.start:
            self.state.restore(self.chosen.start)
            self.sample_check = stamped_resume.sample(self.state, self.drive, self.naming)
            stamped_resume.refuse_strangers(self.sample_check)
            self.state.rewind()
            self.reporter.keep()

    def _phase(self) -> None:
        kind = WritePhase if self.state.phase == WRITE else VerifyPhase
        phase = kind(self.state, self.drive, self.naming, self._pulse)
        try:
            self._travel(phase)
        except Stop as stop:
            if stop.code == MAX_ERRORS:
                phase.finish()
            raise
        phase.finish()
        self._tick()
        self.state.next_phase()
        self.reporter.keep()

    def _travel(self, phase: Phase) -> None:
        """Have everything transferred from here to the end of the drive, and follow."""
        position = self.state.position
        pieces = cut(position, self.state.size_bytes - position, self.chosen.io_bytes)
        for station in self.stations:
            phase.begin(station)
        pumps = Pumps(phase, self.stations, pieces, position)
        try:
            while pumps.busy:
                transfers = pumps.receive(LOOK_EVERY)
                self._pulse()
                for transfer in transfers:
                    self._heed()
                    self._log(transfer)
                    phase.settle(transfer)
                    self.state.position = transfer.offset + transfer.length
                    pumps.settled(transfer)
        finally:
            pumps.close()

    def _log(self, transfer: Transfer) -> None:
        """A transfer that was on its way while the run was paused says nothing about the drive."""
        if transfer.began >= self._continued_at:
            length = 0 if transfer.error else transfer.length
            self.state.log.of(self.state.pass_index, self.state.phase).add(transfer.offset, length, transfer.seconds)

    def _pulse(self) -> None:
        """Between any two accesses: is somebody waiting for the end, or for news?"""
        self._tick()
        self._heed()

    def _heed(self) -> None:
        if self._ended:
            raise Stop(TERMINATED)

    def _tick(self) -> None:
        now = time.monotonic()
        passed = now - max(self._ticked_at, self._continued_at)
        self._ticked_at = now
        if self.state.phase == WRITE:
            self.state.tally.write_seconds += max(0.0, passed)
        else:
            self.state.tally.verify_seconds += max(0.0, passed)
        self.reporter.look(now=now)

    def _on_terminate(self, *_given: Any) -> None:
        self._ended = True

    def _on_continue(self, *_given: Any) -> None:
        self._continued_at = time.monotonic()
