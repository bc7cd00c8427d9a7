"""burnin-stamped on the pretend host leaves what the real engine leaves, and finds what is wrong with a drive."""

import json
from pathlib import Path
from typing import Any

from mock_truenas.tests.running_host import RunningHost
from mock_truenas.tests.waiting import wait_until

STAMP = "00c0ffee00c0ffee"
PASSES = [{"kind": "stamp", "number": 1}, {"kind": "zero"}]


def work(host: RunningHost, folder: Path, drive: str, **options: Any) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Run the command over a drive; its exit code, its result and its last progress."""
    engine = {"name": "stamped", "run_stamp": STAMP, "passes": PASSES, "max_errors": 100, **options}
    (folder / "request.json").write_text(json.dumps({"engine": engine}))
    code = host.run(f"burnin-stamped /dev/{drive} {folder}").code
    progress = json.loads((folder / "progress.json").read_text())["progress"]
    return code, json.loads((folder / "result.json").read_text()), progress


def test_a_clean_drive_is_written_and_verified_whole(fresh_host: RunningHost, tmp_path: Path) -> None:
    code, result, progress = work(fresh_host, tmp_path, "sdi")

    size = result["size_bytes"]
    assert (code, result["completed"], result["error_count"], result["run_stamp"]) == (0, True, 0, STAMP)
    assert [(one["bytes_written"], one["bytes_verified"]) for one in result["passes"]] == [(size, size)] * 2
    assert (progress["completed"], progress["bytes_done"], progress["phase"]) == (True, 4 * size, "verify")
    assert [(one["pass"], one["phase"]) for one in result["position_log"]] == [
        (0, "write"),
        (0, "verify"),
        (1, "write"),
        (1, "verify"),
    ]
    assert all(None not in one["mbps"] and len(one["mbps"]) == 1000 for one in result["position_log"])


def test_fail001_has_blocks_that_cannot_be_read(fresh_host: RunningHost, tmp_path: Path) -> None:
    code, result, progress = work(fresh_host, tmp_path, "sdn")

    assert (code, result["completed"]) == (0, True)
    assert {one["kind"] for one in result["errors"]} == {"unreadable", "unwritable"}
    assert all(one["bytes_verified"] < result["size_bytes"] for one in result["passes"])
    assert sum(progress["errors"]) == result["error_count"] > 0


def test_it_gives_up_after_as_many_errors_as_were_allowed(fresh_host: RunningHost, tmp_path: Path) -> None:
    code, result, _ = work(fresh_host, tmp_path, "sdn", max_errors=3)
    assert (code, result["gave_up"], result["completed"], result["error_count"]) == (0, True, False, 3)


def test_it_stops_on_request_and_goes_on_from_its_checkpoint(fresh_host: RunningHost, tmp_path: Path) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    engine = {"name": "stamped", "run_stamp": STAMP, "passes": PASSES, "max_errors": 100}
    (tmp_path / "request.json").write_text(json.dumps({"engine": engine}))
    assert fresh_host.run(f"timeout -s TERM 1.5 burnin-stamped /dev/sdi {tmp_path}; echo $?").out == b"124\n"
    kept = json.loads((tmp_path / "checkpoint.json").read_text())
    assert json.loads((tmp_path / "result.json").read_text())["stopped"] == "terminated"
    assert kept["position"] > 0

    fresh_host.post("/debug/speed", {"speed": 100})
    code, result, _ = work(fresh_host, tmp_path, "sdi", start=kept)

    assert (code, result["completed"]) == (0, True)
    assert [one["bytes_written"] for one in result["passes"]] == [result["size_bytes"]] * 2


def test_a_drive_that_somebody_else_wrote_to_is_not_gone_on_with(fresh_host: RunningHost, tmp_path: Path) -> None:
    start = {"pass": 0, "phase": "verify", "position": 0, "run_stamp": STAMP}
    code, result, _ = work(fresh_host, tmp_path, "sdi", start=start)
    assert (code, result["stopped"]) == (1, "sample_mismatch")


def test_a_drive_that_vanishes_ends_the_run(fresh_host: RunningHost, tmp_path: Path) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    engine = {"name": "stamped", "run_stamp": STAMP, "passes": PASSES, "max_errors": 100}
    (tmp_path / "request.json").write_text(json.dumps({"engine": engine}))
    connection = fresh_host.connect()
    _, stdout, _ = connection.exec_command(f"burnin-stamped /dev/sdi {tmp_path}", timeout=20)
    wait_until((tmp_path / "progress.json").exists, "the run to begin")
    fresh_host.post("/debug/fault", {"drive": "sdi", "fault": "vanish"})
    assert stdout.channel.recv_exit_status() == 1
    assert json.loads((tmp_path / "result.json").read_text())["stopped"] == "device_gone"
