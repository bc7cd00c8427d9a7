"""Whether a self-test runs, and how the drive's log says it ended."""

from typing import Any

import pytest

from drives.smart import SelfTestStatus, parse_report
from drives.tests.smart.samples import load


def ata_status(value: int) -> dict[str, Any]:
    return {"device": {"protocol": "ATA"}, "ata_smart_data": {"self_test": {"status": {"value": value}}}}


def test_a_running_test_of_a_real_drive_is_seen() -> None:
    report = parse_report(load("ata-with-self-test-log"))
    assert (report.self_test.running, report.self_test.remaining_percent) == (True, 10)
    assert [(entry.kind, entry.status.value, entry.lifetime_hours) for entry in report.self_test.log] == [
        ("short", "passed", 1708),
        ("short", "passed", 1684),
        ("short", "passed", 1661),
    ]
    assert report.polling_minutes == {"short": 2, "long": 1479}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0xF9, (True, 90)), (0xF0, (True, 0)), (0x00, (False, None)), (0x19, (False, None))],
)
def test_the_status_byte_of_ata_is_taken_apart(value: int, expected: tuple[bool, int | None]) -> None:
    test = parse_report(ata_status(value)).self_test
    assert (test.running, test.remaining_percent) == expected


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0, "passed"),
        (1, "aborted"),
        (2, "aborted"),
        (3, "failed"),
        (7, "failed"),
        (8, "failed"),
        (9, "unknown"),
        (15, "running"),
    ],
)
def test_the_endings_of_ata_are_understood(code: int, status: str) -> None:
    row = {"type": {"value": 2}, "status": {"value": code << 4}, "lifetime_hours": 5, "lba": 77}
    json = {"device": {"protocol": "ATA"}, "ata_smart_self_test_log": {"extended": {"table": [row]}}}
    (entry,) = parse_report(json).self_test.log
    assert (entry.kind, entry.status.value, entry.lba) == ("long", status, 77)


def test_a_captive_test_is_of_the_same_kind() -> None:
    row = {"type": {"value": 0x82}, "status": {"value": 0}, "lifetime_hours": 5}
    json = {"device": {"protocol": "ATA"}, "ata_smart_self_test_log": {"standard": {"table": [row]}}}
    assert parse_report(json).self_test.log[0].kind == "long"


def scsi(**keys: Any) -> dict[str, Any]:
    return {"device": {"protocol": "SCSI"}, **keys}


@pytest.mark.parametrize(
    ("result", "status"),
    [(0, "passed"), (1, "aborted"), (2, "aborted"), (3, "failed"), (4, "failed"), (7, "failed"), (8, "unknown")],
)
def test_the_endings_of_sas_are_understood(result: int, status: str) -> None:
    entry = {"code": {"value": 2}, "result": {"value": result}, "power_on_time": {"hours": 40}}
    (read,) = parse_report(scsi(scsi_self_test_0=entry)).self_test.log
    assert (read.kind, read.status.value, read.lifetime_hours) == ("long", status, 40)


def test_a_running_sas_test_shows_what_is_left_only_in_the_text() -> None:
    entry = {"code": {"value": 2}, "result": {"value": 15}, "self_test_in_progress": True}
    lines = ["Self-test execution status:\t\t91% of test remaining"]
    test = parse_report(scsi(scsi_self_test_0=entry, smartctl={"output": lines})).self_test
    assert (test.running, test.remaining_percent, test.last) == (True, 91, None)


def test_a_newer_smartctl_says_what_is_done_of_a_sas_test() -> None:
    test = parse_report(scsi(scsi_self_test_status={"in_progress": True, "completion_percent": 30})).self_test
    assert (test.running, test.remaining_percent) == (True, 70)


def test_an_old_smartctl_has_the_sas_log_only_as_text() -> None:
    lines = [
        "Num  Test              Status                 segment  LifeTime  LBA_first_err [SK ASC ASQ]",
        "     Description                              number   (hours)",
        "# 1  Background long   Failed in segment -->       3   12345        0x1f40 [0x3 0x11 0x0]",
        "# 2  Background short  Completed                   -   12300                 - [-   -    -]",
        "# 3  Foreground long   Aborted (by user command)   -     200                 - [-   -    -]",
        "# 4  Background short  Completed, segment failed   1     100                 - [-   -    -]",
    ]
    log = parse_report(scsi(smartctl={"version": [6, 6], "output": lines})).self_test.log
    assert [(entry.kind, entry.status, entry.lifetime_hours, entry.lba) for entry in log] == [
        ("long", SelfTestStatus.FAILED, 12345, 8000),
        ("short", SelfTestStatus.PASSED, 12300, None),
        ("long", SelfTestStatus.ABORTED, 200, None),
        ("short", SelfTestStatus.FAILED, 100, None),
    ]


def test_an_old_smartctl_shows_a_running_sas_test_as_text() -> None:
    lines = ["# 1  Background short  Self test in progress ...   -     NOW                 - [-   -    -]"]
    assert parse_report(scsi(smartctl={"output": lines})).self_test.running


def test_the_long_test_of_sas_says_how_long_it_takes() -> None:
    assert parse_report(scsi(scsi_extended_self_test_seconds=65535)).polling_minutes == {"long": 1093}
    assert parse_report(scsi(extended_self_test_seconds=60)).polling_minutes == {"long": 1}


def nvme(**log: Any) -> dict[str, Any]:
    return {"device": {"protocol": "NVMe"}, "nvme_self_test_log": log}


def test_a_running_nvme_test_says_what_is_done() -> None:
    test = parse_report(
        nvme(current_self_test_operation={"value": 2}, current_self_test_completion_percent=35)
    ).self_test
    assert (test.running, test.remaining_percent) == (True, 65)


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (0, "passed"),
        (1, "aborted"),
        (4, "aborted"),
        (5, "failed"),
        (6, "failed"),
        (7, "failed"),
        (8, "aborted"),
        (9, "aborted"),
    ],
)
def test_the_endings_of_nvme_are_understood_in_a_log_with_holes(result: int, status: str) -> None:
    entry = {"self_test_code": {"value": 1}, "self_test_result": {"value": result}, "power_on_hours": 9}
    (read,) = parse_report(nvme(current_self_test_operation={"value": 0}, table=[None, entry])).self_test.log
    assert (read.kind, read.status.value, read.lifetime_hours) == ("short", status, 9)
