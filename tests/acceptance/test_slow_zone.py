"""A drive with a slow zone passes, and the verdict names the zone; the drive's own count attests the writes."""

import pytest

from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.product.bench_host import BenchHost

pytestmark = pytest.mark.lab


def test_a_slow_zone_passes_with_a_finding_that_says_where(bench: BenchHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(64 * MIB)
    disk.limit(24 * MIB)
    disk.fault("slow", 40 * MIB, 8 * MIB, ms=1500)  # several looks fall into the zone
    job_id = bench.start(disk)[0]
    job = bench.wait_for(job_id)
    assert job["state"] == "passed", job
    findings = {finding["code"]: finding for finding in bench.stage(job_id, "final_check")["findings"]}
    zone = findings["slow_zone"]
    assert (zone["severity"], zone["cause"]) == ("warning", "drive"), zone
    assert zone["data"]["from_percent"] < 75, zone
    assert zone["data"]["to_percent"] > 62, zone
    assert zone["data"]["mbps"] < 0.5 * zone["data"]["expected_mbps"]
    assert "attested_writes" not in findings
