"""A drive that gets too hot rests on its host, and goes on from where it was when it has cooled."""

import pytest

from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import badblocks_of, is_halted
from tests.product.bench_host import BenchHost

pytestmark = pytest.mark.lab


def warm(bench: BenchHost, disk: LabDisk, celsius: int) -> None:
    """Have the drive say this temperature, and the host looked at now instead of within a minute."""
    disk.smart.update(temperature=celsius)
    bench.product.post(f"/api/v1/hosts/{bench.id}/refresh")


def test_a_drive_that_gets_too_hot_rests_and_passes_when_it_has_cooled(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.limit(8 * MIB)
    job_id = bench.start(disk)[0]
    bench.wait_for_bytes(job_id)
    warm(bench, disk, 52)
    wait_until(lambda: is_halted(disk), "badblocks rests", within_s=60)
    assert bench.job(job_id)["cooling_since"]
    done = moved(disk)
    warm(bench, disk, 48)
    wait_until(lambda: seen(bench, job_id, 48), "48 °C were read", within_s=60)
    assert is_halted(disk)
    assert moved(disk) - done <= 8 * MIB  # what was under way when it was stopped
    disk.limit(0)
    warm(bench, disk, 47)
    job = bench.wait_for(job_id)
    assert job["state"] == "passed", job
    assert job["cooling_since"] is None
    assert not badblocks_of(disk)


def moved(disk: LabDisk) -> int:
    """Return the bytes that the disk itself has read and written."""
    return int(disk.stats()["bytes_read"] + disk.stats()["bytes_written"])


def seen(bench: BenchHost, job_id: int, celsius: int) -> bool:
    answer = bench.product.get(f"/api/v1/burnin/{job_id}/temperatures")
    assert (answer["critical_c"], answer["pause_at_c"], answer["continue_at_c"]) == (55, 52, 47)
    return any(sample["celsius"] == celsius for sample in answer["samples"])
