"""What is read out of smartctl's JSON."""

from typing import Any

import pytest

from drives.smart import parse_report
from drives.smart.report import ExitStatus, Written
from drives.tests.smart.samples import load


def ata(**attribute: Any) -> dict[str, Any]:
    return {"device": {"protocol": "ATA"}, "ata_smart_attributes": {"table": [attribute]}}


def test_a_sata_drive_is_read() -> None:
    report = parse_report(load("ata-hgst"))
    assert (report.protocol, report.model, report.size_bytes) == ("ATA", "HGST HUS724020ALE640", 2000398934016)
    assert (report.power_on_hours, report.temperature_c, report.health) == (83425, 26, True)
    assert (report.reallocated, report.pending, report.uncorrectable) == (0, 0, 0)
    assert (report.link_errors, report.logged_errors) == (12, 12)
    assert report.exit_status == ExitStatus.ERRORS_LOGGED
    assert report.was_read


def test_a_sas_drive_is_read() -> None:
    report = parse_report(load("sas-old"))
    assert (report.protocol, report.serial) == ("SCSI", "Z4028VRY0000C810BZXB")
    assert (report.power_on_hours, report.temperature_c, report.health) == (5675, 31, True)
    assert (report.grown_defects, report.uncorrectable) == (0, 0)
    assert report.reallocated is None


def test_a_sas_drive_without_the_usual_temperature_page_is_read() -> None:
    assert parse_report(load("sas-environment-temperature")).temperature_c == 38


def test_an_nvme_drive_is_read() -> None:
    report = parse_report(load("nvme"))
    assert (report.protocol, report.size_bytes) == ("NVMe", 3840755982336)
    assert (report.media_errors, report.critical_warning, report.temperature_c) == (0, 0, 27)
    assert report.bytes_written == 27054698 * 512_000


def test_counters_packed_by_seagate_are_taken_apart() -> None:
    counts = {number: a.raw for number, a in parse_report(load("ata-seagate-packed-raw")).attributes.items()}
    assert (counts[1], counts[7], counts[194], counts[190], counts[240]) == (0, 0, 24, 24, 104)


@pytest.mark.parametrize(
    ("number", "value", "shown", "count"),
    [
        (188, 94490722326, "22 2 22", 22),
        (188, 3, "3", 3),
        (5, 131072, "0 (2 0)", 0),
        (5, 8, "8", 8),
        (9, 54172, "54172h+11m+20s", 54172),
        (197, 2, "2 (some words)", 2),
        (198, 5, "", 5),
        (187, 16, "0x0010", 16),
    ],
)
def test_the_count_is_found_inside_the_raw_bytes(number: int, value: int, shown: str, count: int) -> None:
    report = parse_report(ata(id=number, raw={"value": value, "string": shown}))
    assert report.attributes[number].raw == count


def test_seagates_error_rates_are_errors_not_operations() -> None:
    json = ata(id=7, raw={"value": (3 << 32) + 123456, "string": "12885025344"})
    assert parse_report({**json, "model_name": "ST4000NM0033"}).attributes[7].raw == 3


def test_the_defect_list_of_an_old_smartctl_is_in_bytes() -> None:
    json = {"device": {"protocol": "SCSI"}, "scsi_grown_defect_list": 24}
    assert parse_report({**json, "smartctl": {"version": [7, 1]}}).grown_defects == 3
    assert parse_report({**json, "smartctl": {"version": [7, 3]}}).grown_defects == 24


def test_uncorrected_errors_of_sas_are_added_up() -> None:
    log = {"read": {"total_uncorrected_errors": 1}, "write": {"total_uncorrected_errors": 8}}
    json = {"device": {"protocol": "SCSI"}, "scsi_error_counter_log": log}
    assert parse_report(json).uncorrectable == 9


def test_a_failing_bit_outweighs_a_missing_verdict() -> None:
    assert parse_report({"device": {"protocol": "ATA"}, "smartctl": {"exit_status": 8}}).health is False


def test_a_drive_that_gives_no_verdict_is_not_healthy() -> None:
    assert parse_report({"device": {"protocol": "ATA"}}).health is None


@pytest.mark.parametrize("nonsense", [0, -1, 255, True, "warm", None])
def test_a_temperature_that_cannot_be_is_none(nonsense: object) -> None:
    json = {"device": {"protocol": "ATA"}, "temperature": {"current": nonsense}}
    assert parse_report(json).temperature_c is None


@pytest.mark.parametrize("bits", [1, 2, 3, 66])
def test_a_drive_that_could_not_be_opened_was_not_read(bits: int) -> None:
    assert not parse_report({"device": {"protocol": "ATA"}, "smartctl": {"exit_status": bits}}).was_read


@pytest.mark.parametrize(
    "json",
    [
        {},
        {"device": None},
        {"device": {"protocol": "USB"}},
        {"device": {"protocol": "ATA"}, "ata_smart_attributes": {"table": [None, 5]}, "ata_smart_data": []},
        {"device": {"protocol": "NVMe"}, "nvme_self_test_log": {"table": None}},
        {"device": {"protocol": "SCSI"}, "scsi_self_test_0": "x", "smartctl": {"output": [None]}},
    ],
)
def test_json_that_lacks_everything_says_nothing_and_breaks_nothing(json: dict[str, Any]) -> None:
    report = parse_report(json)
    assert report.health is None
    assert report.reallocated is None
    assert not report.self_test.running
    assert report.self_test.last is None


def statistics(sectors: object) -> dict[str, Any]:
    return {"pages": [{"table": [{"name": "Logical Sectors Written", "value": sectors}]}]}


def test_what_an_ata_drive_wrote_is_in_its_statistics_in_logical_sectors() -> None:
    json = {**ata(id=241, name="Total_LBAs_Written", raw={"value": 9, "string": "9"}), "logical_block_size": 4096}
    written = parse_report({**json, "ata_device_statistics": statistics(1000)}).written
    assert written == Written(4_096_000, 4096, "device statistics")


@pytest.mark.parametrize(
    ("name", "unit"), [("Total_LBAs_Written", 512), ("Host_Writes_32MiB", 2**25), ("Lifetime_Writes_GiB", 2**30)]
)
def test_without_statistics_an_attribute_may_tell_it_in_the_unit_of_its_name(name: str, unit: int) -> None:
    written = parse_report(ata(id=241, name=name, raw={"value": 7, "string": "7"})).written
    assert written == Written(7 * unit, unit, f"attribute 241 {name}", defined=False)


def test_an_attribute_of_unknown_unit_attests_nothing() -> None:
    assert parse_report(ata(id=241, name="Unknown_Attribute", raw={"value": 7, "string": "7"})).written is None


def test_what_a_sas_drive_wrote_is_told_in_gigabytes() -> None:
    log = {"scsi_error_counter_log": {"write": {"gigabytes_processed": "111593.179"}}}
    written = parse_report({"device": {"protocol": "SCSI"}, **log}).written
    assert written == Written(111_593_179_000_000, 10**6, "gigabytes processed")


def test_errors_on_the_link_are_counted_by_sata_and_by_sas_also_in_an_old_text() -> None:
    sata = {
        "sata_phy_event_counters": {"table": [{"id": 1, "value": 2}, {"id": 10, "value": 50}, {"id": 4, "value": 1}]}
    }
    assert parse_report({"device": {"protocol": "ATA"}, **sata}).phy_errors == 3
    phy = {"invalid_dword_count": 4, "running_disparity_error_count": 1, "identifier": 9}
    sas: dict[str, Any] = {"device": {"protocol": "SCSI"}}
    assert parse_report({**sas, "scsi_sas_port_0": {"relative_target_port_id": 1, "phy_0": phy}}).phy_errors == 5
    lines = ["    Invalid DWORD count = 3", "    Phy reset problem = 2", "    attached SAS address = 5"]
    assert parse_report({**sas, "smartctl": {"output": lines}}).phy_errors == 5


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        ({"temperature": {"current": 31, "op_limit_max": 65}}, 65),
        ({"temperature": {"current": 31, "drive_trip": 68}}, 68),
        ({"temperature": {"current": 0}, "scsi_temperature": {"drive_trip": 60}}, 60),
        ({"temperature": {"drive_trip": 0}}, None),
        ({}, None),
    ],
)
def test_the_drives_own_limit_of_temperature_is_read(told: dict[str, Any], limit: int | None) -> None:
    assert parse_report({"device": {"protocol": "SCSI"}, **told}).temperature_limit_c == limit


def test_wear_of_an_nvme_drive_is_read() -> None:
    report = parse_report(load("nvme"))
    assert (report.available_spare, report.spare_threshold, report.percentage_used) == (100, 10, 0)


def failed_before(**report: Any) -> tuple[int | None, int]:
    read = parse_report({"device": {"protocol": "ATA"}, **report})
    return read.failed_attributes, read.failed_self_tests


def test_what_failed_at_some_time_is_counted() -> None:
    row = {"id": 1, "value": 200, "worst": 40, "thresh": 51, "when_failed": "past"}
    sound = {**row, "id": 5, "when_failed": ""}
    log = [{"type": {"value": 1}, "status": {"value": value}} for value in (0x75, 0x00, 0x70)]
    assert failed_before(ata_smart_attributes={"table": [row, sound]}) == (1, 0)
    assert failed_before(ata_smart_self_test_log={"extended": {"table": log}}) == (0, 2)


def test_the_exit_status_counts_where_the_tables_are_silent() -> None:
    assert failed_before(smartctl={"exit_status": 32}) == (1, 0)
    assert failed_before(smartctl={"exit_status": 128}) == (0, 1)
    assert failed_before(smartctl={"exit_status": 64}) == (0, 0)
    assert parse_report({"device": {"protocol": "SCSI"}}).failed_attributes is None
