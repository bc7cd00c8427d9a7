"""Real badblocks over real ssh on real failing devices: each gets the verdict it deserves."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.usage import make_fs, mounted
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import badblocks_of, kill_badblocks
from tests.product.bench_host import BenchHost

pytestmark = pytest.mark.lab
BLOCK = 4096


def findings_of(job: dict[str, Any]) -> dict[str, Any]:
    stage = next(stage for stage in job["stages"] if stage["name"] == "surface_validate")
    return {finding["code"]: finding for finding in stage["findings"]}


def burn(bench: BenchHost, disk: LabDisk) -> dict[str, Any]:
    return bench.wait_for(bench.start(disk)[0])


def test_a_healthy_drive_passes_with_proof_of_coverage(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    job = burn(bench, disk)
    assert job["state"] == "passed", job
    stage = next(stage for stage in job["stages"] if stage["name"] == "surface_validate")
    assert stage["bytes_done"] == stage["bytes_total"] == 8 * disk.size
    assert disk.stats()["bytes_written"] >= 4 * disk.size
    assert disk.stats()["bytes_read"] >= 4 * disk.size


@pytest.mark.parametrize(("fault", "block"), [("eio-read", 5120), ("eio-write", 10240)])
def test_an_unreadable_or_unwritable_place_fails_the_drive_with_its_number(
    bench: BenchHost, lab_disk: DiskFactory, fault: str, block: int
) -> None:
    disk = lab_disk()
    disk.fault(fault, block * BLOCK, BLOCK)
    job = burn(bench, disk)
    assert job["state"] == "failed", job
    assert findings_of(job)["bad_blocks"]["data"]["blocks"] == [block]
    assert findings_of(job)["bad_blocks"]["data"]["block_size"] == BLOCK


def test_silent_corruption_fails_the_drive_with_the_corrected_number(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.fault("corrupt-read", 7000 * BLOCK, 3 * BLOCK)
    job = burn(bench, disk)
    assert job["state"] == "failed", job
    finding = findings_of(job)["bad_blocks"]
    assert finding["data"]["blocks"] == [7000, 7001, 7002]
    assert finding["data"]["corrupted"] == 3


def test_a_mounted_drive_is_refused_before_anything_is_written(
    bench: BenchHost, lab_disk: DiskFactory, tmp_path: Path
) -> None:
    disk = lab_disk()
    drive = bench.drive_of(disk)
    make_fs(disk.device, "ext2")  # which, other than ext4, writes nothing by itself once it is mounted
    with mounted(disk.device, tmp_path / "mnt"):
        os.sync()
        before = disk.checksum()
        disk.reset_stats()
        # The product's own list may not know of the mount yet: the host's guard has the last word.
        answer = bench.product.send(
            "POST",
            "/api/v1/burnin/start",
            {
                "drive_ids": [drive["id"]],
                "confirm": {str(drive["id"]): disk.serial},
                "run_short": False,
                "run_long": False,
                "plan": "classic",
            },
        ).json()
        if answer.get("jobs"):
            job = bench.wait_for(answer["jobs"][0]["id"])
            assert job["state"] == "unknown", job
            assert "mounted" in job["error_text"]
        else:
            assert answer["refused"][0]["code"] == "in_use"
            assert "mounted" in answer["refused"][0]["message"]
        assert disk.checksum() == before
        assert disk.bytes_written() == 0


def test_a_drive_of_20_tb_gets_blocks_that_badblocks_can_count(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(20 * 10**12)
    job_id = bench.start(disk)[0]
    try:
        command = wait_until(lambda: badblocks_of(disk), "badblocks runs", within_s=30)
        assert command[command.index("-b") + 1] == "8192"
        assert command[-2:] == [str(20 * 10**12 // 8192 - 1), "0"]
    finally:
        bench.product.post(f"/api/v1/burnin/{job_id}/cancel")
    assert bench.wait_for(job_id)["state"] == "cancelled"
    wait_until(lambda: not badblocks_of(disk), "badblocks is gone", within_s=20)


def test_badblocks_that_is_killed_from_outside_never_passes_by_itself(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(128 * MIB)
    disk.limit(40 * MIB)
    job_id = bench.start(disk)[0]
    bench.wait_for_bytes(job_id)
    kill_badblocks(disk)
    disk.limit(0)
    job = bench.wait_for(job_id)
    if job["state"] == "passed":  # resumed: then the whole pattern was written and verified again
        assert disk.stats()["bytes_written"] > 4 * disk.size
    else:
        assert job["state"] == "unknown"


def test_a_drive_whose_badblocks_is_killed_again_and_again_ends_unknown(
    bench: BenchHost, lab_disk: DiskFactory
) -> None:
    disk = lab_disk(128 * MIB)
    disk.limit(20 * MIB)
    job_id = bench.start(disk)[0]

    def over() -> bool:
        if badblocks_of(disk):
            kill_badblocks(disk)
        return bool(bench.job(job_id)["state"] == "unknown")

    wait_until(over, "the burn-in ends unknown", within_s=90, every_s=0.5)
    assert "interrupted" in bench.job(job_id)["error_text"]


def test_a_host_without_badblocks_gives_a_sentence_and_never_a_pass(
    bench: BenchHost, lab: Lab, lab_disk: DiskFactory
) -> None:
    disk = lab_disk()
    bench.drive_of(disk)
    lab.sshd.hide("badblocks")
    lab.sshd.kill_sessions()
    try:
        job = burn(bench, disk)
        assert job["state"] == "unknown"
        assert "badblocks" in job["error_text"]
        assert disk.bytes_written() == 0
    finally:
        lab.sshd.show()
        lab.sshd.kill_sessions()


def test_the_last_bytes_of_a_drive_of_odd_size_are_tested_too(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(32 * MIB + 1024)
    job = burn(bench, disk)
    assert job["state"] == "passed", job
    bad = lab_disk(32 * MIB + 1024)
    bad.fault("corrupt-read", 32 * MIB + 512, 512)
    assert burn(bench, bad)["state"] == "failed"


def test_the_quick_profile_reads_and_writes_at_random(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    job = bench.wait_for(bench.start(disk, profile="quick")[0])
    assert job["state"] == "passed", job
    assert {finding["code"] for stage in job["stages"] for finding in stage["findings"]} == {
        "read_latency",
        "write_latency",
    }
    bad = lab_disk()
    bad.fault("corrupt-write", 0, bad.size)
    assert bench.wait_for(bench.start(bad, profile="quick")[0])["state"] == "failed"
