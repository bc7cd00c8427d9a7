"""What a host says reaches stages and verdicts only as values that these, and a database, can bear."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drives.hosts.edge.answers import check_answer, read_answer
from drives.hosts.errors import HostError
from drives.smart.parse import parse_report
from drives.tests.hostile_words import ANSWERS, RESULT, WRONG, answer, places, replaced
from jobs.stages import stamped_verdict
from jobs.stages.base import Limits, Target
from jobs.stages.selftest_stage import _answers
from jobs.stages.smart_facts import complaint, facts_of, text_of
from jobs.stages.stamped_plan import first_state, with_log
from jobs.stages.surface_test import Surface

DRIVE = Target("ZA1", "0x5000c500a1b2c3d4", 8192, "sdb")
RUN_ID = "j1-surface"
STATE = {**first_state(DRIVE, Limits(), "key"), "run_id": RUN_ID, "runs": [RUN_ID], "run_stamp": "00c0ffee00c0ffee"}
VALUES = st.sampled_from(WRONG) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
JSON_VALUES = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
SMART: dict[str, Any] = {
    "smartctl": {"version": [7, 3], "output": ["line"], "exit_status": 0, "messages": [{"string": "x"}]},
    "device": {"protocol": "ATA"},
    "model_name": "ST16000",
    "serial_number": "ZA1",
    "user_capacity": {"bytes": 16 * 10**12},
    "logical_block_size": 512,
    "smart_status": {"passed": True},
    "temperature": {"current": 30, "op_limit_max": 60},
    "power_on_time": {"hours": 100},
    "ata_smart_attributes": {
        "table": [
            {
                "id": 241,
                "name": "Host_Writes_32MiB",
                "value": 100,
                "worst": 100,
                "thresh": 0,
                "when_failed": "",
                "flags": {"prefailure": True},
                "raw": {"value": 5, "string": "5"},
            }
        ]
    },
    "ata_smart_data": {"self_test": {"status": {"value": 249}, "polling_minutes": {"short": 2, "extended": 900}}},
    "ata_smart_self_test_log": {"extended": {"table": [{"type": {"value": 1}, "status": {"value": 0}, "lba": 5}]}},
    "ata_device_statistics": {"pages": [{"table": [{"name": "Logical Sectors Written", "value": 5}]}]},
    "sata_phy_event_counters": {"table": [{"id": 1, "value": 0}]},
    "scsi_error_counter_log": {"write": {"gigabytes_processed": "12.5", "total_uncorrected_errors": 0}},
    "scsi_grown_defect_list": 4,
    "scsi_self_test_0": {"code": {"value": 1}, "result": {"value": 0}, "power_on_time": {"hours": 5}},
    "scsi_self_test_status": {"in_progress": True, "completion_percent": 30},
    "scsi_sas_port_0": {"phy_0": {"invalid_dword_count": 1}},
    "nvme_smart_health_information_log": {"media_errors": 0, "data_units_written": 5, "critical_warning": 0},
    "nvme_self_test_log": {
        "current_self_test_operation": {"value": 1},
        "current_self_test_completion_percent": 40,
        "table": [{"self_test_code": {"value": 1}, "self_test_result": {"value": 0}, "power_on_hours": 5}],
    },
}
SMART_FIELDS = places(SMART)


def checked(op: str, said: object) -> dict[str, Any]:
    """Return an answer as it comes through the edge. Raises HostError; ValueError when it is no object."""
    told = read_answer(json.dumps(said).encode(), op=op, request={}, host_name="nas-1")
    return check_answer(told, op=op, host_name="nas-1")


def fits_a_database(value: object) -> None:
    """Fail when somewhere in this value is a number or a text that no database takes."""
    for path in places(value):
        here: Any = value
        for key in path:
            here = here[key]
        assert not isinstance(here, int) or abs(here) < 2**63, path
    json.dumps(value, allow_nan=False).encode()


@pytest.mark.parametrize("protocol", ["ATA", "SCSI", "NVMe"])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(field=st.sampled_from(SMART_FIELDS), value=JSON_VALUES)
def test_a_drive_may_say_anything_in_any_field_of_its_report(protocol: str, field: Any, value: object) -> None:
    said = replaced({**SMART, "device": {"protocol": protocol}}, field, value)
    raw = checked("smart", {**answer("smart"), "json": said})["json"]
    report = parse_report(raw)
    fits_a_database(facts_of(report))
    assert complaint({"json": raw, "exit_code": 4})
    assert isinstance(text_of(raw), str)
    left = report.self_test.remaining_percent
    assert left is None or 0 <= left <= 100


@pytest.mark.parametrize("protocol", ["ATA", "SCSI", "NVMe"])
def test_every_field_of_a_report_may_be_of_another_type(protocol: str) -> None:
    for field in SMART_FIELDS:
        for wrong in WRONG:
            said = replaced({**SMART, "device": {"protocol": protocol}}, field, wrong)
            try:
                raw = checked("smart", {**answer("smart"), "json": said})["json"]
            except HostError:  # "device" was not among the fields that the host program makes itself
                continue
            fits_a_database(facts_of(parse_report(raw)))
            assert complaint({"json": raw})


@pytest.mark.parametrize("count", [2**64, 10**30, "18446744073709551616", "9" * 400, 1.5e300])
def test_a_count_beyond_64_bits_is_as_good_as_not_told(count: object) -> None:
    report = parse_report(replaced(SMART, ("power_on_time", "hours"), count))
    assert report.power_on_hours is None


def test_a_product_beyond_64_bits_is_as_good_as_not_told() -> None:
    said = replaced(SMART, ("ata_device_statistics", "pages", 0, "table", 0, "value"), 2**60)
    assert parse_report(said).written is None


def test_progress_with_a_wrong_value_anywhere_is_a_sentence_or_harmless() -> None:
    for path in places(answer("probe")):
        for wrong in WRONG:
            try:
                told = checked("probe", replaced(answer("probe"), path, wrong))
                glance = Surface().glance(STATE, told)
            except HostError:
                continue
            assert 0 <= glance.percent <= 100
            assert 0 <= glance.bytes_done < 2**63
            fits_a_database(dict(glance.shown))


def test_a_result_with_a_wrong_value_anywhere_is_a_sentence_or_judged() -> None:
    for path in places(RESULT):
        for wrong in WRONG:
            said = replaced(answer("collect"), ("result", *path), wrong)
            try:
                told = checked("collect", said)
            except HostError:
                continue
            result = told.get("result") or {}
            if "run_stamp" not in result:
                continue
            report = stamped_verdict.judge(with_log(STATE, told), told["run"], result, Limits())
            assert abs(report.bad_blocks) < 2**63
            fits_a_database(dict(report.state))


@pytest.mark.parametrize("smart", [[], 5, "x", None, {"ZA1": 5}, {"ZA1": {"json": []}}, {"ZA1": {"exit_code": 0}}])
def test_the_look_at_a_self_test_takes_no_answer_for_none(smart: object) -> None:
    try:
        told = checked("probe", {**answer("probe"), "smart": smart})
    except HostError:
        return
    assert _answers(told) == []


def test_every_operation_of_the_program_has_a_shape() -> None:
    for op in ANSWERS:
        with pytest.raises((HostError, ValueError)):
            checked(op, [])
