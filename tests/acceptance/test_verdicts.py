"""Real badblocks over real ssh on real failing devices: each gets the verdict it deserves."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.lab.usage import make_fs, mounted
from tests.product.bench_host import BenchHost

pytestmark = pytest.mark.lab


def burn(bench: BenchHost, disk: LabDisk) -> dict[str, Any]:
    return bench.wait_for(bench.start(disk)[0])


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
