"""The stamped engine on a good drive: all of it is written and verified, and it says how far it is."""

import json
import os
import signal
from pathlib import Path

import pytest

from drives.tests.program.simulated_host import DISK_BYTES, SimulatedHost
from drives.tests.program.stamp_bench import MIB, ONE, RUN, SIZE, TWO, ZERO, StampBench, bench

__all__ = ["bench"]


def test_every_byte_is_written_and_verified(bench: StampBench) -> None:
    code = bench.work(ONE, TWO, ZERO)

    assert code == 0
    assert (bench.result["completed"], bench.result["gave_up"], bench.result["error_count"]) == (True, False, 0)
    assert [(one["kind"], one["number"]) for one in bench.result["passes"]] == [("stamp", 1), ("stamp", 2), ("zero", 0)]
    assert {(one["bytes_written"], one["bytes_verified"]) for one in bench.result["passes"]} == {(SIZE, SIZE)}
    assert bench.drive.read_bytes() == bytes(SIZE)


@pytest.mark.parametrize("size", [512, 4096, MIB, MIB + 512, 5 * MIB - 1536])
@pytest.mark.parametrize("io_bytes", [MIB, 4 * MIB])
def test_no_tail_is_left_out(tmp_path: Path, size: int, io_bytes: int) -> None:
    bench = StampBench(tmp_path, size)

    assert bench.work(io_bytes=io_bytes) == 0

    assert bench.result["passes"][0]["bytes_verified"] == size
    for address in {0, size // 512 // 2, size // 512 - 1}:
        assert bench.at(address) == bench.stamped_block(1, address)
    bench.close()


def test_a_drive_with_blocks_of_4096_bytes(tmp_path: Path) -> None:
    bench = StampBench(tmp_path, 2 * MIB + 4096, block=4096)

    assert bench.work() == 0

    assert bench.at(512) == bench.stamped_block(1, 512)
    bench.close()


def test_a_pretended_drive_may_end_within_a_block(tmp_path: Path) -> None:
    bench = StampBench(tmp_path, MIB + 1000, block=4096)

    assert bench.work(ONE, ZERO) == 0

    assert bench.result["passes"][0]["bytes_verified"] == MIB + 1000
    bench.close()


def test_a_block_size_that_is_none_is_refused(tmp_path: Path) -> None:
    bench = StampBench(tmp_path, MIB, block=520)

    assert bench.work() == 1

    assert bench.result["stopped"] == "bad_block_size"
    assert bench.drive.read_bytes() == b"\x11" * MIB
    bench.close()


def test_without_verifying_nothing_counts_as_verified(bench: StampBench) -> None:
    assert bench.work(verify=False) == 0

    assert (bench.result["passes"][0]["bytes_written"], bench.result["passes"][0]["bytes_verified"]) == (SIZE, 0)


def test_the_last_progress_says_that_all_is_done(bench: StampBench) -> None:
    bench.work(ONE, ZERO)
    progress = bench.progress

    assert (progress["phase"], progress["pass"], progress["pattern"]) == ("verify", 1, "zero")
    assert (progress["percent"], progress["position"], progress["completed"]) == (100.0, SIZE, True)
    assert progress["bytes_done"] == progress["bytes_total"] == 4 * SIZE
    assert progress["errors"] == [0, 0, 0]


def test_the_speed_is_kept_for_each_place(bench: StampBench) -> None:
    bench.work(ONE, ZERO)
    log = bench.result["position_log"]

    assert [(entry["pass"], entry["phase"]) for entry in log] == [
        (0, "write"),
        (0, "verify"),
        (1, "write"),
        (1, "verify"),
    ]
    for entry in log:
        measured = [cell for cell, value in enumerate(entry["mbps"]) if value]
        assert measured == [place * MIB * 1000 // SIZE for place in range(4)]
        assert [cell for cell, value in enumerate(entry["worst_ms"]) if value is not None] == measured
        assert len(entry["mbps"]) == len(entry["worst_ms"]) == 1000


def test_it_leaves_the_signals_as_they_were(bench: StampBench) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGCONT)

    bench.work()

    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGCONT)) == before


def test_it_works_on_a_host(host: SimulatedHost) -> None:
    host.launch(engine={"name": "stamped", "run_stamp": RUN, "passes": [ONE]})
    run = host.wait_for("exited")
    left = host.call("collect", run_id="run-1")

    assert run["exit_code"] == 0
    assert (run["progress"]["percent"], run["progress"]["position"]) == (100.0, DISK_BYTES)
    assert left["result"]["completed"] is True
    assert left["result"]["passes"][0]["bytes_verified"] == DISK_BYTES
    assert run["progress"]["checkpoint"]["device"]["serial"] == "SERIAL-A"


def test_a_host_whose_disk_file_is_short(host: SimulatedHost) -> None:
    os.truncate(host.root / "dev/sda", 4096)
    host.launch(engine={"name": "stamped", "run_stamp": RUN, "passes": [ONE, ZERO]})
    host.wait_for("exited")

    assert host.call("collect", run_id="run-1")["result"]["completed"] is True


def test_a_simulated_host_may_have_a_tool_that_plays_the_engine(tmp_path: Path) -> None:
    host = SimulatedHost(tmp_path)
    host.add_disk("sda", "SERIAL-A")
    asked = host.answers / "asked"
    script = f"""exec 3<>"{host.root}$1"; echo "$1 $2" > {asked}; echo '{{"played": true}}' > "$2/result.json" """
    host.tool("burnin-stamped", script)

    host.launch(engine={"name": "stamped", "run_stamp": RUN, "passes": [ONE]})
    run = host.wait_for("exited")

    assert run["exit_code"] == 0
    assert asked.read_text().split() == ["/dev/sda", str(host.run_folder().resolve())]
    assert host.call("collect", run_id="run-1")["result"] == {"played": True}
    assert (host.root / "dev/sda").read_bytes() == bytes(DISK_BYTES)
    host.shut_down()


def test_the_checkpoint_outlives_a_power_cut_that_took_the_progress(tmp_path: Path) -> None:
    host = SimulatedHost(tmp_path)
    host.add_disk("sda", "SERIAL-A")
    host.tool("burnin-stamped", f"exec 3<>{host.root}/dev/sda; exec sleep 60")
    host.launch(engine={"name": "stamped", "run_stamp": RUN, "passes": [ONE]})
    host.shut_down_processes()
    kept = {"pass": 0, "phase": "write", "position": MIB, "at": 1000.0}
    (host.run_folder() / "checkpoint.json").write_text(json.dumps(kept))
    (host.run_folder() / "progress.json").write_text("")
    host.put("proc/sys/kernel/random/boot_id", "boot-two\n")

    run = host.run()

    assert (run["state"], run["reason"]["code"]) == ("interrupted", "rebooted")
    assert run["progress"]["checkpoint"] == kept
    host.shut_down()
