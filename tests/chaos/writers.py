"""Watch the lab's host for the worst: two engines at work on one drive."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from drives.hosts.program.processes import look_again
from tests.lab import processes
from tests.lab.disks import LabDisk

LOOK_EVERY_S = 0.2
FOREIGN_ENGINES = ("badblocks", "fio", "dd")


class WriterWatch:
    """A thread that looks five times a second who works on each drive. Use it as a context manager.

    The keeper of a run holds the drive open and leaves the writing to its one engine, which is either badblocks or a
    process that the run's directory names. Two of them on one drive at the same time are two writers.
    """

    def __init__(self, disks: Sequence[LabDisk], runs: Path) -> None:
        self._disks = {disk.serial: disk.device for disk in disks}
        self._runs = runs
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.looks = 0
        self.seen: Counter[str] = Counter()
        self.double: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            self.looks += 1
            engines = set(self._engines())
            for serial, device in self._disks.items():
                holders = processes.holders(device)
                writers = {pid for pid in holders if pid in engines or processes.name(pid) in FOREIGN_ENGINES}
                self.seen[serial] += bool(writers)
                if len(writers) > 1:
                    self.double.append(f"{serial}: processes {sorted(writers)}")

    def _engines(self) -> Iterator[int]:
        for path in self._runs.glob("*/engine.json"):
            with suppress(OSError, ValueError, KeyError):
                told = json.loads(path.read_text(encoding="utf-8"))
                # the number alone may be that of somebody else by now: other runs leave their directories here too
                if look_again(int(told["pid"]), told["started"]):
                    yield int(told["pid"])
