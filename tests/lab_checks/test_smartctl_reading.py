"""What the stand-in for smartctl tells about a disk."""

from __future__ import annotations

import threading

import pytest

from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.smartctl.report import CANNOT_PARSE
from tests.lab.smartctl.state import SmartState
from tests.lab_checks.tools import BLOCK, attribute, badblocks, dd_read, dd_write, smartctl

pytestmark = pytest.mark.lab


def test_it_tells_who_a_sata_disk_is(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk(logical_block=4096)

    status, told = smartctl(lab, "-i", disk.device)

    assert status == 0
    assert told["device"]["protocol"] == "ATA"
    assert (told["serial_number"], told["model_name"]) == (disk.serial, disk.model)
    wwn = told["wwn"]
    assert f"{wwn['naa']:x}{wwn['oui']:06x}{wwn['id']:09x}" == disk.wwn
    assert told["user_capacity"] == {"blocks": disk.size // 4096, "bytes": disk.size}
    assert "ata_smart_attributes" not in told


def test_it_tells_who_a_sas_disk_is(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk(protocol="SCSI", model="HGST HUS726060AL5214")

    status, told = smartctl(lab, "-a", disk.device)

    assert status == 0
    assert told["device"]["protocol"] == "SCSI"
    assert (told["scsi_vendor"], told["scsi_product"]) == ("HGST", "HUS726060AL5214")
    assert told["logical_unit_id"] == f"0x{disk.wwn}"
    assert told["scsi_grown_defect_list"] == 0
    assert "ata_smart_attributes" not in told


def test_a_scan_names_the_disks_and_only_an_opening_scan_tells_sata_from_sas(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()

    plain = {row["name"]: row["protocol"] for row in smartctl(lab, "--scan")[1]["devices"]}
    opening = {row["name"]: row["protocol"] for row in smartctl(lab, "--scan-open")[1]["devices"]}

    assert plain[disk.device] == "SCSI"
    assert opening[disk.device] == "ATA"


def test_other_disks_of_the_machine_are_none_of_its_business(lab: Lab) -> None:
    assert smartctl(lab, "-i", "/dev/null")[0] == 1
    assert smartctl(lab, "-i", "/dev/not-there")[0] == 2


def test_a_healed_sector_moves_from_pending_to_reallocated(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.fault("pending", 0, 2 * BLOCK)
    before = smartctl(lab, "-A", disk.device)[1]
    dd_write(disk, 0, bytes(BLOCK))
    after = smartctl(lab, "-A", disk.device)[1]

    assert (attribute(before, 197), attribute(before, 5)) == (16, 0)
    assert (attribute(after, 197), attribute(after, 5), attribute(after, 196)) == (8, 8, 8)


def test_sectors_written_are_those_that_were_written(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk(8 * MIB)
    badblocks(disk)

    pages = smartctl(lab, "-x", disk.device)[1]["ata_device_statistics"]["pages"]
    values = {row["name"]: row["value"] for row in pages[0]["table"]}

    assert values["Logical Sectors Written"] == disk.size // 512
    assert values["Logical Sectors Read"] >= disk.size // 512


def test_a_read_error_is_counted_and_logged(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.fault("eio-read", 0, BLOCK)
    dd_read(disk, 0, BLOCK)

    status, told = smartctl(lab, "-x", disk.device)

    assert status == 64
    assert attribute(told, 187) >= 1
    assert told["ata_smart_error_log"]["extended"]["count"] >= 1


def test_a_failing_disk_says_so_in_the_answer_and_in_the_exit_status(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(health=False, temperature=58)
    disk.smart.set_attribute(5, raw=12, value=40)
    disk.smart.set_attribute(9)

    status, told = smartctl(lab, "-a", disk.device)

    assert status == 8 | 16
    assert told["smart_status"] == {"passed": False}
    assert told["temperature"]["current"] == 58
    row = next(row for row in told["ata_smart_attributes"]["table"] if row["id"] == 5)
    assert (row["when_failed"], row["worst"]) == ("now", 40)
    assert 9 not in [row["id"] for row in told["ata_smart_attributes"]["table"]]


def test_exit_bits_can_be_ordered(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(exit_bits=4)

    assert smartctl(lab, "-x", disk.device)[0] == 4


def test_a_disk_that_was_pulled_cannot_be_opened(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.unplug()

    status, told = smartctl(lab, "-x", disk.device)
    assert status == 2
    assert "failed" in told["smartctl"]["messages"][0]["string"]
    assert dd_read(disk, 0, BLOCK) is None

    disk.plug()
    assert smartctl(lab, "-x", disk.device)[0] == 0


def test_another_serial_number_can_appear_behind_the_same_name(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(serial="SWAPPED")

    assert smartctl(lab, "-i", disk.device)[1]["serial_number"] == "SWAPPED"


def test_a_disk_without_smart_says_so(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.smart.update(smart_supported=False)

    status, told = smartctl(lab, "-a", disk.device)

    assert status == 4
    assert told["smart_support"] == {"available": False}
    assert told["serial_number"] == disk.serial


def test_a_disk_that_is_asked_while_it_is_removed_does_not_come_back(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    others = SmartState(disk.smart.path)
    remover = threading.Thread(target=disk.smart.remove)

    with others.changing() as state:
        remover.start()
        remover.join(0.5)
        state["temperature"] = 40
    remover.join()

    assert not disk.smart.path.exists()
    status, _ = smartctl(lab, "-i", disk.device)
    assert status & CANNOT_PARSE  # a block device, but no drive that anybody knows
