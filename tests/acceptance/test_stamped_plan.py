"""The standard plan over real ssh on real failing devices: every fault by its name, and a killed run goes on."""

import os
import signal
from contextlib import suppress
from typing import Any

import pytest

from tests.lab import processes
from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.lab.waiting import wait_until
from tests.product.bench_host import BenchHost

pytestmark = pytest.mark.lab
SIZE = 8 * MIB + 512  # no multiple of anything but a sector
BLOCK = 512
FAKE = 5 * MIB
# Larger than what is on its way to a drive at once: else two writes of one moment meet in one place, and either wins
WRAPS = 20 * MIB


def surface(job: dict[str, Any]) -> dict[str, Any]:
    return next(stage for stage in job["stages"] if stage["name"] == "surface_validate")


def findings_of(job: dict[str, Any]) -> dict[str, Any]:
    return {finding["code"]: finding for finding in surface(job)["findings"]}


def test_a_healthy_drive_passes_with_proof_and_is_blank(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    job = bench.wait_for(bench.start(disk, plan="standard")[0])
    assert (job["state"], job["plan"]) == ("passed", "standard"), job
    assert surface(job)["bytes_done"] == surface(job)["bytes_total"] == 4 * SIZE
    assert surface(job)["findings"] == []
    assert disk.stats()["bytes_written"] == 2 * SIZE
    assert disk.peek(SIZE - BLOCK, BLOCK) == bytes(BLOCK)


def test_each_fault_fails_the_drive_and_is_named(bench: BenchHost, lab_disk: DiskFactory) -> None:
    wraps, (drops, loses, strays, unreadable) = lab_disk(32 * MIB + 512), (lab_disk(SIZE) for _ in range(4))
    wraps.fake(WRAPS, "wrap")
    drops.fake(FAKE, "drop")
    loses.fault("lost-write", 9000 * BLOCK, 2 * BLOCK)
    strays.fault("misdirected-write", 12_000 * BLOCK, BLOCK, to=100 * BLOCK)
    unreadable.fault("eio-read", 5120 * BLOCK, BLOCK)

    ids = bench.start(wraps, drops, loses, strays, unreadable, plan="standard")
    jobs = [bench.wait_for(job_id) for job_id in ids]

    assert [job["state"] for job in jobs] == ["failed"] * 5, jobs
    wrapped, dropped, lost, strayed, unread = (findings_of(job) for job in jobs)
    assert wrapped["fake_capacity"]["data"]["real_bytes"] == WRAPS
    assert dropped["fake_capacity"]["data"]["real_bytes"] == FAKE
    assert lost["lost_writes"]["data"]["blocks"] == [9000, 9001]
    assert strayed["misdirected_writes"]["data"]["blocks"] == [100]
    assert strayed["misdirected_writes"]["data"]["held_instead"] == [12_000]
    assert unread["bad_blocks"]["data"]["blocks"] == [5120]
    assert unread["bad_blocks"]["data"]["block_size"] == BLOCK
    assert "Fake capacity" in jobs[0]["error_text"]


def test_a_run_whose_processes_are_killed_goes_on_and_passes(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(32 * MIB)
    disk.limit(3 * MIB)
    job_id = bench.start(disk, plan="standard")[0]
    bench.wait_for_bytes(job_id, 0.03)  # in the middle of writing the stamps
    kill_all_of(disk)
    disk.limit(0)

    job = bench.wait_for(job_id)
    assert job["state"] == "passed", job
    assert 2 * disk.size < disk.stats()["bytes_written"] < 3 * disk.size


def test_the_classic_plan_names_what_it_cannot_see(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.fake(disk.size // 2, "wrap")
    job = bench.wait_for(bench.start(disk, plan="classic")[0])
    assert job["state"] == "passed", f"badblocks does not see it: that is why the verdict has to say so: {job}"
    assert "wraps around" in findings_of(job)["cannot_see"]["message"]


def kill_all_of(disk: LabDisk) -> None:
    """Kill keeper and engine, as a crash of the host would."""
    holders = wait_until(lambda: processes.holders(disk.device), "somebody holds the drive", within_s=10)
    for pid in holders:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
