"""What smartctl reads from a SAS drive, as JSON and as text."""

from typing import Any

from mock_truenas.tools.smart_parts import (
    DATA_SECTION,
    HEALTH_FAILED,
    INFO_SECTION,
    SELFTEST_ERRORS,
    Reading,
    capacity,
)
from mock_truenas.world.catalog import LOGICAL_BLOCK, PHYSICAL_BLOCK
from mock_truenas.world.drive_state import DriveNow, LogEntry
from mock_truenas.world.place import Place

Json = dict[str, Any]
CODES = {"short": (1, "Background short"), "long": (2, "Background long")}
RESULTS = {
    "passed": (0, "Completed"),
    "aborted": (1, "Aborted (by user command)"),
    "reset": (2, "Aborted (device reset ?)"),
    "failed": (7, "Failed in segment"),
}
MOST_LOGGED = 20
IMPENDING = "HARDWARE IMPENDING FAILURE GENERAL HARD DRIVE FAILURE"
COUNTER_HEAD = """Error counter log:
           Errors Corrected by           Total   Correction     Gigabytes    Total
               ECC          rereads/    errors   algorithm      processed    uncorrected
           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors
"""
TEST_HEAD = """SMART Self-test log
Num  Test              Status                 segment  LifeTime  LBA_first_err [SK ASC ASQ]
     Description                              number   (hours)
"""


def read(place: Place, now: DriveNow, sections: set[str], reading: Reading) -> None:
    """Add the asked sections to the answer."""
    body = ""
    if "info" in sections:
        reading.document.update(_info(now))
        reading.text += _info_text(reading.document)
    if "health" in sections:
        body += _health(now, reading)
    if "attributes" in sections:
        body += _counters(now, reading)
    if "selftests" in sections:
        body += _selftests(place, now, reading)
    elif "capabilities" in sections:
        body += _progress(now)
    if body:
        reading.text += DATA_SECTION + body


def _info(now: DriveNow) -> Json:
    drive, model = now.drive, now.drive.model
    return {
        "scsi_vendor": model.vendor,
        "scsi_product": model.name,
        "scsi_model_name": f"{model.vendor} {model.name}",
        "scsi_revision": model.firmware,
        "scsi_version": "SPC-4",
        "user_capacity": {"blocks": drive.sectors, "bytes": model.size_bytes},
        "logical_block_size": LOGICAL_BLOCK,
        "physical_block_size": PHYSICAL_BLOCK,
        "rotation_rate": model.rpm,
        "form_factor": {"scsi_value": 2, "name": "3.5 inches"},
        "logical_unit_id": f"0x{drive.lunid}",
        "serial_number": drive.serial,
        "device_type": {"scsi_value": 0, "name": "disk"},
        "scsi_transport_protocol": {"name": "SAS (SPL-4)", "value": 6},
        "smart_support": {"available": True, "enabled": True},
        "temperature_warning": {"enabled": True},
    }


def _info_text(document: Json) -> str:
    return (
        INFO_SECTION
        + f"Vendor:               {document['scsi_vendor']}\n"
        + f"Product:              {document['scsi_product']}\n"
        + f"Revision:             {document['scsi_revision']}\n"
        + "Compliance:           SPC-4\n"
        + f"User Capacity:        {capacity(document['user_capacity']['bytes'])}\n"
        + "Logical block size:   512 bytes\nPhysical block size:  4096 bytes\n"
        + f"Rotation Rate:        {document['rotation_rate']} rpm\n"
        + "Form Factor:          3.5 inches\n"
        + f"Logical Unit id:      {document['logical_unit_id']}\n"
        + f"Serial number:        {document['serial_number']}\n"
        + "Device type:          disk\nTransport protocol:   SAS (SPL-4)\n"
        + f"Local Time is:        {document['local_time']['asctime']}\n"
        + "SMART support is:     Available - device has SMART capability.\n"
        + "SMART support is:     Enabled\nTemperature Warning:  Enabled\n\n"
    )


def _health(now: DriveNow, reading: Reading) -> str:
    if "smart_fail" not in now.state["faults"]:
        reading.document["smart_status"] = {"passed": True}
        return "SMART Health Status: OK\n\n"
    details = {"asc": 93, "ascq": 16, "ie_string": IMPENDING}
    reading.document["smart_status"] = {"passed": False, "scsi": details}
    reading.exit_status |= HEALTH_FAILED
    return f"SMART Health Status: {IMPENDING} [asc=5d, ascq=10]\n\n"


def _counters(now: DriveNow, reading: Reading) -> str:
    state = now.state
    grown = 42 if "smart_fail" in state["faults"] else state["reallocated"] // 8
    counters = {
        "read": _counter(state["sectors_read"], uncorrected=state["pending"] // 8),
        "write": _counter(state["sectors_written"]),
        "verify": _counter(0),
    }
    reading.document |= {
        "temperature": {"current": now.temperature, "drive_trip": 85},
        "power_on_time": {"hours": now.hours, "minutes": 0},
        "scsi_start_stop_cycle_counter": {
            "accumulated_start_stop_cycles": state["power_cycles"] + 3,
            "accumulated_load_unload_cycles": 150 + now.hours // 24,
        },
        "scsi_grown_defect_list": grown,
        "scsi_error_counter_log": counters,
    }
    lines = "".join(
        f"{name + ':':<10}  0        0         0         0          0 {c['gigabytes_processed']:>14} "
        f"{c['total_uncorrected_errors']:>11}\n"
        for name, c in counters.items()
    )
    return (
        f"Current Drive Temperature:     {now.temperature} C\nDrive Trip Temperature:        85 C\n\n"
        f"Accumulated power on time, hours:minutes {now.hours}:00\n"
        f"Elements in grown defect list: {grown}\n\n{COUNTER_HEAD}{lines}\n"
        "Non-medium error count:        0\n\n"
    )


def _counter(sectors: int, *, uncorrected: int = 0) -> Json:
    return {
        "errors_corrected_by_eccfast": 0,
        "errors_corrected_by_eccdelayed": 0,
        "errors_corrected_by_rereads_rewrites": 0,
        "total_errors_corrected": 0,
        "correction_algorithm_invocations": 0,
        "gigabytes_processed": f"{sectors * 512 / 1e9:.3f}",
        "total_uncorrected_errors": uncorrected,
    }


def _progress(now: DriveNow) -> str:
    """Version 7.3 tells the rest of a running SCSI self-test in the text alone."""
    if now.progress is None:
        return ""
    left = min(99, round((1 - now.progress) * 100))
    return f"Self-test execution status:\t\t{left}% of test remaining\n"


def _selftests(place: Place, now: DriveNow, reading: Reading) -> str:
    entries: list[Json] = [_log_row(entry) for entry in now.state["log"]]
    test = now.state["selftest"]
    if test is not None:
        code, name = CODES[test["kind"]]
        entries.insert(0, {
            "code": {"value": code, "string": name},
            "result": {"value": 15, "string": "Self test in progress ..."},
            "self_test_in_progress": True,
        })  # fmt: skip
    for number, entry in enumerate(entries[:MOST_LOGGED]):
        reading.document[f"scsi_self_test_{number}"] = entry
    seconds = round(place.choices["long_seconds"])
    reading.document["scsi_extended_self_test_seconds"] = seconds
    if any(entry["outcome"] == "failed" for entry in now.state["log"]):
        reading.exit_status |= SELFTEST_ERRORS
    rows = "".join(_test_line(n, entry) for n, entry in enumerate(entries[:MOST_LOGGED], 1))
    table = TEST_HEAD + rows + "\n" if rows else "No Self-tests have been logged\n\n"
    duration = f"Long (extended) Self-test duration: {seconds} seconds [{seconds / 60:.1f} minutes]\n\n"
    return _progress(now) + table + duration


def _log_row(entry: LogEntry) -> Json:
    code, name = CODES[entry["kind"]]
    value, text = RESULTS[entry["outcome"]]
    row: Json = {
        "code": {"value": code, "string": name},
        "result": {"value": value, "string": text},
        "power_on_time": {"hours": entry["hours"], "aka": "accumulated_power_on_hours"},
    }
    if entry["lba"] is not None:
        row["lba_first_failure"] = {"value": entry["lba"], "aka": "address_of_first_failure"}
    return row


def _test_line(number: int, entry: Json) -> str:
    hours = str(entry["power_on_time"]["hours"]) if "power_on_time" in entry else "NOW"
    name, result = entry["code"]["string"], entry["result"]["string"]
    lba = str(entry["lba_first_failure"]["value"]) if "lba_first_failure" in entry else "-"
    return f"#{number:2}  {name:<16}  {result:<25}  - {hours:>7} {lba:>18} [-   -    -]\n"
