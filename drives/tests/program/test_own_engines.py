"""The engines of the program itself: they write, read back, and find what differs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drives.hosts.program.disk import Disk
from drives.hosts.program.engines import io_validate, own_engines, tail
from drives.hosts.program.engines.drive_file import DriveFile
from drives.hosts.program.guard import Held
from drives.hosts.program.machine import Machine
from drives.tests.program.run_at import run_at
from drives.tests.program.simulated_host import DISK_BYTES, SimulatedHost

MIB = 1024 * 1024


class Bench:
    """A run directory and an open file that stands for a drive."""

    def __init__(self, folder: Path) -> None:
        self.drive = folder / "drive"
        self.drive.write_bytes(b"\x11" * MIB)
        self.run = run_at(folder)
        self.descriptor = os.open(self.drive, os.O_RDWR)
        self.held = Held(self.descriptor, Disk("sda", "/dev/sda", MIB))

    def work(self, **options: Any) -> int:
        own_engines.check(options)
        return own_engines.run(Machine(), self.run, self.held, options)

    @property
    def result(self) -> dict[str, Any]:
        return self.run.read("result.json")

    @property
    def progress(self) -> dict[str, Any]:
        progress: dict[str, Any] = self.run.read("progress.json")["progress"]
        return progress


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    os.close(made.descriptor)


def fail_writes(monkeypatch: pytest.MonkeyPatch, *bad: int) -> None:
    """A drive on which these places cannot be written."""
    kept = DriveFile.write

    def write(self: DriveFile, offset: int, data: bytes) -> None:
        if any(offset <= place < offset + len(data) for place in bad):
            raise OSError(5, "Input/output error")
        kept(self, offset, data)

    monkeypatch.setattr(DriveFile, "write", write)


def wrap_around(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """A drive that claims more room than it has: addresses beyond it land at the beginning again."""
    read, write = DriveFile.read, DriveFile.write
    monkeypatch.setattr(
        DriveFile, "read", lambda self, offset, length, **more: read(self, offset % room, length, **more)
    )
    monkeypatch.setattr(DriveFile, "write", lambda self, offset, data: write(self, offset % room, data))


def test_io_validate_finds_nothing_on_a_good_drive(bench: Bench) -> None:
    code = bench.work(name="io_validate", reads=20, writes=30)

    assert code == 0
    assert (bench.result["complete"], bench.result["error_count"]) == (True, 0)
    assert bench.result["verified"] == bench.result["writes"]["done"] == 30
    assert bench.result["reads"]["done"] == 20
    assert bench.progress == {"percent": 100.0, "done": 80, "total": 80}


def test_io_validate_writes_what_says_where_it_belongs(bench: Bench) -> None:
    bench.work(name="io_validate", writes=5)
    data = bench.drive.read_bytes()
    written = [place for place in range(0, MIB, 4096) if data[place] != 0x11]

    assert len(written) == 5
    for place in written:
        assert data[place : place + 4096] == io_validate.pattern("run-1", place, 4096)


def test_io_validate_without_writes_writes_nothing(bench: Bench) -> None:
    bench.work(name="io_validate", reads=50)

    assert bench.drive.read_bytes() == b"\x11" * MIB


def test_io_validate_counts_failed_writes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_writes(monkeypatch, *range(0, MIB, 4096))

    assert bench.work(name="io_validate", writes=10) == 0
    kinds = {error["kind"] for error in bench.result["errors"]}

    assert kinds == {"write", "corrupt"}
    assert bench.result["error_count"] == 20


def test_io_validate_finds_a_drive_that_claims_more_room_than_it_has(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrap_around(monkeypatch, MIB // 4)

    bench.work(name="io_validate", writes=256)

    assert bench.result["error_count"] == 192
    assert len(bench.result["errors"]) == 100
    assert {error["kind"] for error in bench.result["errors"]} == {"corrupt"}


def test_io_validate_that_ran_out_of_time_is_not_complete(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10_000))
    monkeypatch.setattr("time.monotonic", lambda: float(next(ticks)))

    code = bench.work(name="io_validate", reads=1000, seconds=60)

    assert code == 1
    assert (bench.result["complete"], bench.result["out_of_time"]) == (False, True)
    assert 0 < bench.result["reads"]["done"] < 60


def test_io_validate_on_a_drive_smaller_than_a_block_is_not_complete(bench: Bench) -> None:
    assert bench.work(name="io_validate", reads=1, block_size=2 * MIB) == 1
    assert bench.result["complete"] is False


def test_percentiles_are_of_the_nearest_rank() -> None:
    times = [number / 1000 for number in range(1, 101)]

    assert io_validate.latencies(times) == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}
    assert io_validate.latencies([0.002])["p50"] == 2.0
    assert io_validate.latencies([])["max"] is None


def test_tail_writes_exactly_its_range(bench: Bench) -> None:
    code = bench.work(name="tail", offset=MIB - 24576, length=24576, patterns=["0xaa", "0x55"])
    data = bench.drive.read_bytes()

    assert code == 0
    assert data[: MIB - 24576] == b"\x11" * (MIB - 24576)
    assert data[MIB - 24576 :] == b"\x55" * 24576
    assert (bench.result["complete"], bench.result["bad_ranges"]) == (True, [])
    assert bench.progress["percent"] == 100.0


def test_tail_takes_a_range_that_no_block_boundary_meets(bench: Bench) -> None:
    bench.work(name="tail", offset=1001, length=777, patterns=["0x5a"])
    data = bench.drive.read_bytes()

    assert data[1000:1001] + data[1778:1779] == b"\x11\x11"
    assert data[1001:1778] == b"\x5a" * 777
    assert bench.result["direct"] is False


def test_tail_names_the_bad_bytes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_writes(monkeypatch, MIB - 1024, MIB - 4096)

    bench.work(name="tail", offset=MIB - 8192, length=8192, patterns=["0xaa"])

    assert bench.result["bad_ranges"] == [[MIB - 4096, MIB - 3584], [MIB - 1024, MIB - 512]]
    assert {error["kind"] for error in bench.result["patterns"][0]["errors"]} == {"write", "corrupt"}


def test_tail_beyond_the_end_writes_nothing(bench: Bench) -> None:
    code = bench.work(name="tail", offset=MIB - 512, length=1024, patterns=["0xaa"])

    assert code == 1
    assert bench.result["complete"] is False
    assert bench.drive.read_bytes() == b"\x11" * MIB


@pytest.mark.parametrize(
    ("word", "offset", "laid_down"),
    [
        ("0xaa", 0, "aaaaaaaaaa"),
        ("0xdeadbeef", 0, "deadbeefde"),
        ("0xdeadbeef", 2, "beefdeadbe"),
        ("0xabc", 0, "0abc0abc0a"),
    ],
)
def test_patterns_are_laid_down_as_badblocks_does(word: str, offset: int, laid_down: str) -> None:
    assert tail.fill(word, offset, 5).hex() == laid_down


def test_an_engine_works_on_a_host(host: SimulatedHost) -> None:
    host.launch(engine={"name": "tail", "offset": DISK_BYTES - 4096, "length": 4096, "patterns": ["0xaa"]})
    run = host.wait_for("exited")
    left = host.call("collect", run_id="run-1")

    assert run["exit_code"] == 0
    assert run["progress"]["percent"] == 100.0
    assert left["result"]["complete"] is True
    assert (host.root / "dev/sda").read_bytes()[-4097:] == b"\0" + b"\xaa" * 4096


def test_an_engine_on_a_host_whose_disk_file_is_short(host: SimulatedHost) -> None:
    with (host.root / "dev/sda").open("r+b") as node:
        node.truncate(4096)
    host.launch(engine={"name": "io_validate", "reads": 20, "writes": 20})
    host.wait_for("exited")

    result = host.call("collect", run_id="run-1")["result"]

    assert (result["complete"], result["error_count"]) == (True, 0)


def sample(bench: Bench, **options: Any) -> dict[str, Any]:
    before = bench.drive.read_bytes()
    code = bench.work(**{"name": "sample", "offset": 0, "length": MIB, "pattern": "0x11", **options})
    assert code == 0
    assert bench.drive.read_bytes() == before
    return bench.result


def test_a_sample_of_the_right_content_shows_no_difference(bench: Bench) -> None:
    result = sample(bench)
    assert (result["complete"], result["checked"], result["mismatches"]) == (True, 64, [])


def test_a_sample_names_the_blocks_that_differ(bench: Bench) -> None:
    with bench.drive.open("r+b") as drive:
        drive.seek(5 * 4096 + 100)
        drive.write(b"x")
    result = sample(bench, blocks=256)
    assert (result["checked"], result["mismatches"]) == (256, [5])


def test_a_sample_stays_inside_its_range(bench: Bench) -> None:
    with bench.drive.open("r+b") as drive:
        drive.write(b"x" * (MIB // 2))
    result = sample(bench, offset=MIB // 2, length=MIB // 2, blocks=1000)
    assert (result["checked"], result["mismatches"]) == (128, [])


def test_a_block_that_cannot_be_read_is_no_difference(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: DriveFile, offset: int, length: int, **more: Any) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(DriveFile, "read", read)
    result = sample(bench)
    assert (result["mismatches"], len(result["unreadable"])) == ([], 64)


def test_a_sample_beyond_the_drive_proves_nothing(bench: Bench) -> None:
    assert bench.work(name="sample", offset=0, length=2 * MIB, pattern="0x11") == 1
    assert bench.result["complete"] is False
