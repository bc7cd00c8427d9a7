"""A run directory, a file that stands for a drive, and the stamped engine on it, with faults to order."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drives.hosts.program.disk import Disk
from drives.hosts.program.engines import own_engines, stamped
from drives.hosts.program.engines.stamped_content import Content
from drives.hosts.program.engines.stamped_drive import StampedDrive
from drives.hosts.program.engines.stamped_plan import Pass
from drives.hosts.program.guard import Held
from drives.hosts.program.machine import Machine
from drives.tests.program.run_at import run_at

MIB = 1024 * 1024
SIZE = 3 * MIB + 512
RUN = "00c0ffee00c0ffee"
ONE = {"kind": "stamp", "number": 1}
TWO = {"kind": "stamp", "number": 2}
ZERO = {"kind": "zero"}

Access = Callable[[memoryview, int], None]


class Faults(StampedDrive):
    """A drive that fails on order. What is ordered stands in the class, since the engine makes the object."""

    unreadable: set[int] = set()
    unwritable: set[int] = set()
    room: int = 0
    gone_from: int = 0  # a write from here on finds no drive; nor does any read after that
    gone: bool = False
    once: bool = False
    when_flushed: list[Callable[[], None]] = []

    def fill(self, view: memoryview, offset: int) -> None:
        if self.gone:
            raise OSError(errno.EIO, "Input/output error")
        self._meet(type(self).unreadable, view, offset)
        for part, place in self._parts(view, offset):
            super().fill(part, place)

    def take(self, view: memoryview, offset: int) -> None:
        if 0 < self.gone_from <= offset:
            type(self).gone = True
            raise OSError(errno.EIO, "Input/output error")
        self._meet(type(self).unwritable, view, offset)
        for part, place in self._parts(view, offset):
            super().take(part, place)

    def flush(self) -> None:
        super().flush()
        if self.when_flushed:
            self.when_flushed.pop(0)()

    def _parts(self, view: memoryview, offset: int) -> Iterator[tuple[memoryview, int]]:
        """Where a transfer really goes on a drive that begins again after `room` bytes."""
        room = self.room or self.size_bytes
        while len(view):
            part = view[: room - offset % room]
            yield part, offset % room
            view, offset = view[len(part) :], offset + len(part)

    def _meet(self, places: set[int], view: memoryview, offset: int) -> None:
        met = {place for place in places if offset <= place < offset + len(view)}
        if met:
            if self.once:
                places -= met
            raise OSError(errno.EIO, "Input/output error")


class StampBench:
    """One drive of bytes 0x11."""

    def __init__(self, folder: Path, size: int = SIZE, block: int = 512) -> None:
        self.folder = folder
        self.size = size
        self.block = block
        self.drive = folder / "drive"
        self.drive.write_bytes(b"\x11" * size)
        self.run = run_at(folder)
        self.identity("SERIAL-A")
        self.descriptor = os.open(self.drive, os.O_RDWR)

    def identity(self, serial: str) -> None:
        """Note who the drive is, as the keeper does."""
        self.run.write("device.json", {"identity": {"serial": serial, "wwn": "", "size_bytes": self.size}})

    def work(self, *passes: dict[str, Any], **options: Any) -> int:
        """Run the engine to its end; its exit code."""
        plan = {"name": "stamped", "run_stamp": RUN, "passes": list(passes) or [ONE], "io_bytes": MIB, **options}
        own_engines.check(plan)
        held = Held(self.descriptor, Disk("sda", "/dev/sda", self.size, logical_block=self.block))
        return own_engines.run(Machine(), self.run, held, plan)

    @property
    def result(self) -> dict[str, Any]:
        return self.run.read("result.json")

    @property
    def progress(self) -> dict[str, Any]:
        progress: dict[str, Any] = self.run.read("progress.json")["progress"]
        return progress

    @property
    def checkpoint(self) -> dict[str, Any]:
        return self.run.read("checkpoint.json")

    def found(self, *fields: str) -> list[tuple[Any, ...]]:
        """These fields of every error."""
        return [tuple(error[field] for field in fields) for error in self.result["errors"]]

    def put(self, address: int, data: bytes) -> None:
        """Change the drive behind the engine's back."""
        with self.drive.open("r+b") as stream:
            stream.seek(address * self.block)
            stream.write(data)

    def at(self, address: int, blocks: int = 1) -> bytes:
        with self.drive.open("rb") as stream:
            stream.seek(address * self.block)
            return stream.read(blocks * self.block)

    def stamped_block(self, number: int, address: int, *, run: str = RUN) -> bytes:
        """What a stamp of that number writes to that address."""
        return Content(int(run, 16), Pass("stamp", number), self.block).block_at(address)

    def close(self) -> None:
        os.close(self.descriptor)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[StampBench]:
    """A drive of 3 MiB and one block."""
    made = StampBench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Faults]]:
    """Orders for the drive of the next runs."""
    ordered = type("Ordered", (Faults,), {"when_flushed": [], "unreadable": set(), "unwritable": set()})
    monkeypatch.setattr(stamped, "StampedDrive", ordered)
    yield ordered
