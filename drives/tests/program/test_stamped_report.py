"""How the stamped engine tells how far it is."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drives.hosts.program.engines import stamped
from drives.hosts.program.engines.stamped_report import Reporter
from drives.hosts.program.engines.stamped_state import State
from drives.hosts.program.problem import Json
from drives.hosts.program.run_dir import RunDir
from drives.tests.program.run_at import run_at
from drives.tests.program.stamp_bench import MIB, ONE, RUN, ZERO
from drives.tests.program.waiting import wait_until


class Desk:
    """A reporter and what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.run = run_at(folder)
        chosen = stamped.options({"name": "stamped", "run_stamp": RUN, "passes": [ONE, ZERO]})
        self.state = State(chosen, 100 * MIB, 512, {"serial": "SERIAL-A"})
        self.reporter = Reporter(self.run, self.state)
        self.began = time.monotonic()

    def look(self, after: float) -> None:
        """Look at the clock that many seconds after the beginning, once everything is written down."""
        wait_until(lambda: self.reporter.free, what="the last paper")
        self.reporter.look(now=self.began + after)
        wait_until(lambda: self.reporter.free, what="this paper")

    def read(self, name: str) -> dict[str, Any]:
        return self.run.read(name)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.reporter.close()


def test_progress_is_written_once_per_second(desk: Desk) -> None:
    desk.look(0.5)
    early = desk.read("progress.json")
    desk.state.position = 25 * MIB
    desk.look(1.5)
    desk.state.position = 30 * MIB
    desk.look(2.0)

    progress = desk.read("progress.json")["progress"]

    assert early == {}
    assert (progress["phase"], progress["pass"], progress["pattern"]) == ("write", 0, "stamp 1")
    assert (progress["percent"], progress["position"]) == (25.0, 25 * MIB)
    assert (progress["bytes_done"], progress["bytes_total"]) == (25 * MIB, 400 * MIB)
    assert progress["rate"] == pytest.approx(25 * MIB / 1.5, rel=0.2)


def test_a_checkpoint_is_written_every_ten_seconds_and_told_with_the_progress(desk: Desk) -> None:
    desk.state.position = 40 * MIB
    desk.look(9)
    assert desk.read("checkpoint.json") == {}
    desk.look(10.5)
    desk.state.position = 41 * MIB
    desk.look(12)

    assert desk.read("checkpoint.json")["position"] == 40 * MIB
    progress = desk.read("progress.json")["progress"]
    assert (progress["position"], progress["checkpoint"]["position"]) == (41 * MIB, 40 * MIB)


def test_the_end_of_a_phase_is_kept_soon(desk: Desk) -> None:
    desk.state.next_phase()
    desk.reporter.keep()
    desk.look(1.5)

    assert desk.read("checkpoint.json")["phase"] == "verify"


def test_a_slow_disk_of_the_host_does_not_hold_up_the_drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    may_go_on = threading.Event()

    def slow(_run: RunDir, name: str, _value: Json, *, durable: bool = False) -> None:
        may_go_on.wait(10)
        written.append(name + (" durably" if durable else ""))

    monkeypatch.setattr(RunDir, "write", slow)
    desk = Desk(tmp_path)
    for after in (2, 4, 14, 16):
        desk.reporter.look(now=desk.began + after)
    assert written == []

    may_go_on.set()
    desk.reporter.close()

    assert written == ["progress.json", "checkpoint.json durably", "progress.json"]


def test_a_full_disk_of_the_host_ends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RunDir, "write", full)
    desk.look(2)
    monkeypatch.undo()
    desk.look(4)

    assert desk.read("progress.json")["progress"]["phase"] == "write"
