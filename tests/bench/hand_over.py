"""(b) From the end of a command on the host to the start of the next one."""

from __future__ import annotations

import os
import select
import threading
import time
from contextlib import suppress

from tests.bench.figures import Figure, percentile
from tests.lab.lab import MIB, Lab
from tests.product.badblocks_seen import Recorder, Run
from tests.product.bench_host import BenchHost

ROUNDS = 4
DEVICES = 4
LOOK_EVERY_S = 0.02


class Ends(threading.Thread):
    """Learns when each run ends, from the kernel itself."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(daemon=True)
        self._recorder = recorder
        self._over = threading.Event()
        self._waiting: list[threading.Thread] = []
        self.ends: dict[Run, float] = {}

    def run(self) -> None:
        """Follow every run that is started until finish() is called."""
        seen: set[Run] = set()
        while not self._over.wait(LOOK_EVERY_S):
            for run in self._recorder.runs():
                if run not in seen:
                    seen.add(run)
                    self._follow(run)

    def finish(self) -> None:
        """Stop, after the last run has ended."""
        self._over.set()
        self.join()
        for thread in self._waiting:
            thread.join()

    def _follow(self, run: Run) -> None:
        with suppress(ProcessLookupError):  # too short to be followed
            descriptor = os.pidfd_open(run.pid)
            thread = threading.Thread(target=self._wait, args=(run, descriptor), daemon=True)
            self._waiting.append(thread)
            thread.start()

    def _wait(self, run: Run, descriptor: int) -> None:
        select.select([descriptor], [], [])
        self.ends[run] = time.time()
        os.close(descriptor)


def measure(bench: BenchHost, lab: Lab) -> list[Figure]:
    """Return the median and the 95th percentile in seconds over all hand-overs of small devices."""
    gaps: list[float] = []
    for _ in range(ROUNDS):
        gaps.extend(_round(bench, lab))
    count = len(gaps)
    name = f"of {count}, from the end of a remote command to the start of the next, s"
    return [
        Figure(f"(b) p50 {name}", percentile(gaps, 0.5)),
        Figure(f"(b) p95 {name}", percentile(gaps, 0.95), 3.0),
    ]


def _round(bench: BenchHost, lab: Lab) -> list[float]:
    recorder = Recorder.install(lab)
    ends = Ends(recorder)
    ends.start()
    disks = [lab.add_disk(32 * MIB) for _ in range(DEVICES)]
    for disk in disks:
        disk.limit(64 * MIB)
    for job in bench.start(*disks):
        bench.wait_for(job)
    ends.finish()
    runs = recorder.runs()
    for disk in disks:
        lab.remove_disk(disk)
    gaps = []
    for device in {run.device for run in runs}:
        chain = [run for run in runs if run.device == device]
        gaps += [after.at - ends.ends[run] for run, after in zip(chain, chain[1:], strict=False) if run in ends.ends]
    return gaps
