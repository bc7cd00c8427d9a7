"""Two workers and two schedulers at once: still one writer per drive."""

from __future__ import annotations

import signal

import pytest

from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.product.badblocks_seen import Recorder
from tests.product.bench_host import BenchHost
from tests.product.running import Product

pytestmark = pytest.mark.lab


def test_two_workers_and_two_schedulers_start_one_badblocks_per_pattern(
    product: Product, bench: BenchHost, lab: Lab, lab_disk: DiskFactory
) -> None:
    recorder = Recorder.install(lab)
    extra = [product.spawn("run_scheduler"), product.spawn("run_worker")]
    try:
        disks = [lab_disk(32 * MIB) for _ in range(4)]
        jobs = bench.start(*disks)
        assert [bench.wait_for(job)["state"] for job in jobs] == ["passed"] * 4
    finally:
        for process in extra:
            process.send_signal(signal.SIGTERM)
        for process in extra:
            process.wait(timeout=30)
    for disk in disks:
        starts = recorder.starts(disk.device)
        assert len(starts) == len(set(starts)) == 4, starts


def test_a_second_start_of_the_same_drive_is_refused(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(32 * MIB)
    disk.limit(16 * MIB)
    job_id = bench.start(disk)[0]
    answer = bench.try_start(disk)
    assert answer["jobs"] == []
    assert answer["refused"][0]["code"] == "already_active"
    disk.limit(0)
    assert bench.wait_for(job_id)["state"] == "passed"
