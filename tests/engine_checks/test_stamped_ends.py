"""Runs of the stamped engine that are ended before their end, and go on."""

from __future__ import annotations

import time
from typing import Any

import pytest

from drives.hosts.program.engines.stamped_plan import TILE_BYTES
from drives.hosts.program.engines.stamped_state import LEAST_MARGIN
from tests.engine_checks.engine_host import EngineHost
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB

pytestmark = pytest.mark.lab
SIZE = 32 * MIB
SLOW = 4 * MIB


def checkpoint_of(run: dict[str, Any]) -> dict[str, Any]:
    """Return what the product would hand to the next run."""
    checkpoint: dict[str, Any] = run["progress"]["checkpoint"]
    return checkpoint


def test_a_drive_that_goes_offline_ends_the_run_without_a_list_of_bad_blocks(
    host: EngineHost, lab_disk: DiskFactory
) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOW)
    run = host.stamp(disk)
    run.come_to("write", 5)

    disk.offline("ENXIO")
    result = run.result()

    assert run.look()["exit_code"] == 1
    assert (result["stopped"], result["completed"], result["gave_up"]) == ("device_gone", False, False)
    assert result["errors"] == []


def test_a_run_that_was_ended_by_a_person_leaves_a_checkpoint(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOW)
    run = host.stamp(disk)
    run.come_to("write", 5)

    host.call("signal", run_id=run.run_id, action="terminate")
    ended = run.end()
    result = run.result()

    assert (ended["exit_code"], ended["signal"], ended["stopped_by_request"]) == (143, None, True)
    assert result["stopped"] == "terminated"
    assert checkpoint_of(ended)["position"] == result["passes"][0]["bytes_written"] >= SIZE // 20


def test_a_terminated_run_ends_soon_even_if_the_drive_hangs(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOW)
    run = host.stamp(disk)
    run.come_to("write", 5)
    disk.hang()

    host.call("signal", run_id=run.run_id, action="terminate")
    left = checkpoint_of(run.look())
    disk.online()

    assert run.end()["exit_code"] == 143
    assert checkpoint_of(run.look())["position"] >= left["position"]


def test_a_killed_run_goes_on_from_its_checkpoint(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.fault("eio-read", 8 * 4096, 4096)
    disk.limit(SLOW)
    first = host.stamp(disk, {"kind": "stamp", "number": 1}, {"kind": "zero"})
    checkpoint = first.checkpoint_in("verify")
    disk.hang()
    first.kill()
    disk.online()
    killed = first.end()
    disk.limit(0)

    again = host.stamp(disk, {"kind": "stamp", "number": 1}, {"kind": "zero"}, start=checkpoint)
    result = again.result()

    assert (killed["state"], killed["reason"]["code"]) == ("interrupted", "vanished")
    assert checkpoint_of(killed)["position"] >= checkpoint["position"]
    assert (result["completed"], result["error_count"]) == (True, 16)
    assert [one["bytes_written"] for one in result["passes"]] == [SIZE, SIZE]
    assert [one["bytes_verified"] for one in result["passes"]] == [SIZE - 4096] * 2
    assert result["sample_check"]["checked"] + result["sample_check"]["unreadable"] >= 56


def test_a_run_killed_while_writing_writes_again_what_may_be_lost(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOW)
    first = host.stamp(disk)
    first.come_to("write", 25)
    host.call("signal", run_id=first.run_id, action="terminate")
    checkpoint = checkpoint_of(first.end())
    disk.limit(0)
    disk.reset_stats()

    result = host.stamp(disk, start=checkpoint).result()

    kept = checkpoint["position"] - LEAST_MARGIN
    assert 0 < kept < SIZE  # a drive this small has a small cache: all before its last 4 MiB is on the medium
    assert disk.bytes_written() == SIZE - kept + kept % TILE_BYTES
    assert (result["completed"], result["sample_check"]["checked"]) == (True, 64)
    assert result["passes"][0]["bytes_written"] == result["passes"][0]["bytes_verified"] == SIZE


def test_a_drive_that_somebody_wrote_to_is_left_alone(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    host.stamp(disk).result()
    other = host.stamp(disk, run_stamp="0" * 15 + "1").result()
    disk.reset_stats()

    run = host.stamp(disk, start={"pass": 0, "phase": "write", "position": SIZE})
    result = run.result()

    assert other["completed"] is True
    assert (run.look()["exit_code"], result["stopped"]) == (1, "sample_mismatch")
    assert len(result["sample_check"]["mismatches"]) == 64
    assert disk.bytes_written() == 0


def test_a_pause_is_no_slowness_of_the_drive(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOW)
    run = host.stamp(disk, verify=False)
    run.come_to("write", 10)
    host.call("signal", run_id=run.run_id, action="pause")
    resume_at = time.monotonic() + 3
    while time.monotonic() < resume_at:
        assert run.look()["paused"] is True

    host.call("signal", run_id=run.run_id, action="continue")
    disk.limit(0)
    result = run.result()

    assert result["completed"] is True
    worst = [ms for ms in result["position_log"][0]["worst_ms"] if ms is not None]
    assert max(worst) < 2500
