"""Self-tests that take real time and end as ordered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import Lab
from tests.lab.waiting import wait_until
from tests.lab_checks.tools import BLOCK, smartctl

pytestmark = pytest.mark.lab
QUICK = {"short": 0.2, "extended": 0.2, "conveyance": 0.2}
ENDLESS = {"short": 3600, "extended": 3600, "conveyance": 3600}


def _status(lab: Lab, disk: LabDisk) -> dict[str, Any]:
    status: dict[str, Any] = smartctl(lab, "-c", disk.device)[1]["ata_smart_data"]["self_test"]["status"]
    return status


def _newest(lab: Lab, disk: LabDisk) -> dict[str, Any]:
    """The newest entry, once no test runs any more."""
    wait_until(lambda: _status(lab, disk)["value"] >> 4 != 0xF, "the self-test is over")
    entry: dict[str, Any] = smartctl(lab, "-x", disk.device)[1]["ata_smart_self_test_log"]["extended"]["table"][0]
    return entry


def test_a_test_is_in_progress_and_then_completed(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(seconds=ENDLESS)

    smartctl(lab, "-t", "short", disk.device)

    assert _status(lab, disk) == {"value": 0xF9, "string": "in progress, 90% remaining", "remaining_percent": 90}
    disk.smart.update(seconds=QUICK)
    assert _newest(lab, disk) == {
        "type": {"value": 1, "string": "Short offline"},
        "status": {"value": 0, "string": "Completed without error", "passed": True},
        "lifetime_hours": 100,
    }


def test_a_second_test_is_refused_while_one_runs(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(seconds=ENDLESS)
    smartctl(lab, "-t", "short", disk.device)

    status, told = smartctl(lab, "-t", "long", disk.device)

    assert status == 4
    assert any("Can't start self-test" in line for line in told["smartctl"]["output"])


def test_an_aborted_test_is_logged_as_aborted_and_is_no_failure(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(seconds=ENDLESS)
    smartctl(lab, "-t", "long", disk.device)

    smartctl(lab, "-X", disk.device)

    entry = _newest(lab, disk)
    assert entry["status"] == {"value": 0x19, "string": "Aborted by host", "remaining_percent": 90}
    assert smartctl(lab, "-a", disk.device)[0] == 0


def test_a_test_fails_where_it_was_ordered_to(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(seconds=QUICK, results={"short": {"result": "servo", "percent": 40, "lba": 4711}})

    smartctl(lab, "-t", "short", disk.device)

    entry = _newest(lab, disk)
    assert entry["status"]["value"] == 0x65
    assert entry["status"]["passed"] is False
    assert entry["lba"] == 4711
    assert smartctl(lab, "-l", "selftest", disk.device)[0] == 128


def test_a_long_test_finds_the_first_sector_that_cannot_be_read(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(seconds=QUICK)
    disk.fault("eio-read", 100 * BLOCK, BLOCK)

    smartctl(lab, "-t", "long", disk.device)

    entry = _newest(lab, disk)
    assert entry["status"]["string"] == "Completed: read failure"
    assert entry["lba"] == 100 * BLOCK // 512


def test_a_good_long_test_outdates_an_old_failure(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(seconds=QUICK, results={"short": {"result": "read-failure", "lba": 1}})
    smartctl(lab, "-t", "short", disk.device)
    _newest(lab, disk)
    smartctl(lab, "-t", "long", disk.device)
    _newest(lab, disk)

    status, told = smartctl(lab, "-a", disk.device)

    log = told["ata_smart_self_test_log"]["standard"]
    assert (log["error_count_total"], log["error_count_outdated"]) == (1, 1)
    assert status == 0


def test_a_held_test_never_gets_further(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(seconds=QUICK, hold_percent=50)
    smartctl(lab, "-t", "short", disk.device)

    wait_until(lambda: _status(lab, disk)["remaining_percent"] == 40, "half of the test is done")

    assert _status(lab, disk)["value"] == 0xF4


def test_a_bridge_accepts_a_test_and_nothing_is_ever_seen_of_it(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(drops_self_tests=True)

    assert smartctl(lab, "-t", "short", disk.device)[0] == 0

    assert _status(lab, disk)["value"] == 0
    assert smartctl(lab, "-a", disk.device)[1]["ata_smart_self_test_log"]["standard"]["count"] == 0


def test_a_sas_disk_tells_its_progress_only_in_the_text(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk(protocol="SCSI", model="HGST HUS726060AL5214")
    disk.smart.update(seconds=ENDLESS)

    smartctl(lab, "-t", "long", disk.device)

    told = smartctl(lab, "-a", disk.device)[1]
    assert told["scsi_self_test_0"]["result"]["value"] == 15
    assert told["scsi_self_test_0"]["code"] == {"value": 2, "string": "Background long"}
    assert any(line.endswith("% of test remaining") for line in told["smartctl"]["output"])
    smartctl(lab, "-X", disk.device)
    assert smartctl(lab, "-a", disk.device)[1]["scsi_self_test_0"]["result"]["value"] == 1
