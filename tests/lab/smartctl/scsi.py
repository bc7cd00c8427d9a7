"""What a SAS disk tells about itself; and what a SATA disk tells when it is asked as SCSI."""

from __future__ import annotations

from typing import Any

from tests.lab.smartctl import selftest
from tests.lab.smartctl.ata import say_support, support
from tests.lab.smartctl.report import (
    DISK_FAILING,
    SELF_TESTS_FAILED,
    Report,
    now_in_words,
    rounded_bytes,
    with_commas,
)
from tests.lab.smartctl.state import State

CODES = {"short": (1, "Background short"), "extended": (2, "Background long")}
IN_PROGRESS = "Self test in progress ..."


def info(report: Report, state: State, now: float) -> None:
    """Say who it is."""
    vendor, product = _names(state)
    size, block = state["size_bytes"], state["logical_block"]
    report.put(**_identity(state))
    report.say(
        "=== START OF INFORMATION SECTION ===",
        f"Vendor:               {vendor}",
        f"Product:              {product}",
        f"Revision:             {state['firmware'][:4]}",
        "Compliance:           SPC-4",
        f"User Capacity:        {with_commas(size)} bytes [{rounded_bytes(size)}]",
        f"Logical block size:   {block} bytes",
        f"Rotation Rate:        {state['rotation_rate']} rpm",
        "Form Factor:          3.5 inches",
        f"Logical Unit id:      0x{state['wwn']}",
        f"Serial number:        {state['serial']}",
        "Device type:          disk",
        "Transport protocol:   SAS (SPL-4)",
        f"Local Time is:        {now_in_words(now)}",
    )
    say_support(report, state)
    report.say("Temperature Warning:  Enabled", "")


def health(report: Report, state: State) -> None:
    """Say whether it fails."""
    if state["health"]:
        report.put(smart_status={"passed": True})
        report.say("SMART Health Status: OK", "")
        return
    words = "HARDWARE IMPENDING FAILURE GENERAL HARD DRIVE FAILURE"
    report.put(smart_status={"passed": False, "scsi": {"asc": 93, "ascq": 16, "ie_string": words}})
    report.exit_status |= DISK_FAILING
    report.say(f"SMART Health Status: {words} [asc=5d, ascq=10]", "")


def attributes(report: Report, state: State, stats: dict[str, Any], now: float) -> None:
    """Say what SAS has in place of attributes."""
    hours = selftest.hours(state, now)
    grown = state["grown_defects"] + stats["healed_sectors"] // (state["logical_block"] // 512)
    report.put(
        temperature={"current": state["temperature"], "drive_trip": 68},
        power_on_time={"hours": hours, "minutes": 0},
        scsi_start_stop_cycle_counter={
            "year_of_manufacture": "2015",
            "week_of_manufacture": "18",
            "specified_cycle_count_over_device_lifetime": 10000,
            "accumulated_start_stop_cycles": state["power_cycles"],
        },
        scsi_grown_defect_list=grown,
    )
    report.say(
        f"Current Drive Temperature:     {state['temperature']} C",
        "Drive Trip Temperature:        68 C",
        f"Accumulated power on time, hours:minutes {hours}:00",
        "Specified cycle count over device lifetime:  10000",
        f"Accumulated start-stop cycles:  {state['power_cycles']}",
        f"Elements in grown defect list: {grown}",
        "",
    )


def errors(report: Report, stats: dict[str, Any]) -> None:
    """The error counters: what was read and written is what the file system saw."""
    log = {
        "read": _counters(stats["bytes_read"], stats["read_errors"]),
        "write": _counters(stats["bytes_written"], stats["write_errors"]),
        "verify": _counters(0, 0),
    }
    report.put(scsi_error_counter_log=log)
    report.say(
        "Error counter log:",
        "           Errors Corrected by           Total   Correction     Gigabytes    Total",
        "               ECC          rereads/    errors   algorithm      processed    uncorrected",
        "           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors",
    )
    for name, row in log.items():
        amount, failed = row["gigabytes_processed"], row["total_uncorrected_errors"]
        report.say(f"{name + ':':<7}        0        0         0         0          0 {amount:>14} {failed:11d}")
    report.say("", "Non-medium error count:        0", "")


def self_tests(report: Report, state: State, now: float) -> None:
    """The self-test log; how far a test is can only be read in the text."""
    if not state["running"] and not state["log"]:
        report.say("No Self-tests have been logged", "")
        return
    rows = [_running(report, state, now)] if state["running"] else []
    rows += [_row(entry) for entry in state["log"]]
    report.put(**{f"scsi_self_test_{number}": row for number, row in enumerate(rows)})
    seconds = state["minutes"]["extended"] * 60
    report.put(scsi_extended_self_test_seconds=seconds)
    report.say(
        "SMART Self-test log",
        "Num  Test              Status                 segment  LifeTime  LBA_first_err [SK ASC ASQ]",
        "     Description                              number   (hours)",
        *(_line(number, row) for number, row in enumerate(rows, 1)),
        "",
        f"Long (extended) Self-test duration: {seconds} seconds [{seconds / 60:.1f} minutes]",
        "",
    )
    if selftest.failures(state)[0]:
        report.exit_status |= SELF_TESTS_FAILED


def background(report: Report) -> None:
    """The background scan, which never ran."""
    status = {
        "value": 0,
        "string": "no scans active",
        "number_scans_performed": 0,
        "scan_progress": "0.00%",
        "number_medium_scans_performed": 0,
    }
    report.put(scsi_background_scan={"status": status})
    report.say("Background scan results log", "  Status: no scans active", "")


def _names(state: State) -> tuple[str, str]:
    if state["protocol"] == "ATA":  # a SATA disk asked as SCSI: this is how it is translated
        return "ATA", state["model"][:16].strip()
    vendor, _, product = state["model"].partition(" ")
    return vendor, product or vendor


def _identity(state: State) -> dict[str, Any]:
    vendor, product = _names(state)
    size, block = state["size_bytes"], state["logical_block"]
    return {
        "scsi_vendor": vendor,
        "scsi_product": product,
        "scsi_model_name": f"{vendor} {product}",
        "scsi_revision": state["firmware"][:4],
        "scsi_version": "SPC-4",
        "user_capacity": {"blocks": size // block, "bytes": size},
        "logical_block_size": block,
        "rotation_rate": state["rotation_rate"],
        "form_factor": {"scsi_value": 2, "name": "3.5 inches"},
        "logical_unit_id": f"0x{state['wwn']}",
        "serial_number": state["serial"],
        "device_type": {"scsi_terminology": "Peripheral Device Type [PDT]", "scsi_value": 0, "name": "disk"},
        "scsi_transport_protocol": {"name": "SAS (SPL-4)", "value": 6},
        "smart_support": support(state),
        "temperature_warning": {"enabled": True},
    }


def _counters(size: int, failed: int) -> dict[str, Any]:
    return {
        "errors_corrected_by_eccfast": 0,
        "errors_corrected_by_eccdelayed": 0,
        "errors_corrected_by_rereads_rewrites": 0,
        "total_errors_corrected": 0,
        "correction_algorithm_invocations": 0,
        "gigabytes_processed": f"{size / 1e9:.3f}",
        "total_uncorrected_errors": failed,
    }


def _running(report: Report, state: State, now: float) -> dict[str, Any]:
    left = 100 - int(selftest.percent(state, now))
    report.say(f"Self-test execution status:\t\t{left}% of test remaining")
    code, text = CODES[state["running"]["kind"]]
    return {
        "code": {"value": code, "string": text},
        "result": {"value": 15, "string": IN_PROGRESS},
        "self_test_in_progress": True,
    }


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    ending = selftest.ENDINGS[entry["result"]]
    code, text = CODES[entry["kind"]]
    row: dict[str, Any] = {
        "code": {"value": code, "string": text},
        "result": {"value": ending.scsi, "string": ending.scsi_text},
        "power_on_time": {"hours": entry["hours"], "aka": "accumulated_power_on_hours"},
    }
    if entry["lba"] is not None:
        row["lba_first_failure"] = {"value": entry["lba"], "aka": "address_of_first_failure"}
        row |= {"sense_key": {"value": 3, "string": "Medium Error"}, "asc": 17, "ascq": 0}
    return row


def _line(number: int, row: dict[str, Any]) -> str:
    hours = row.get("power_on_time", {}).get("hours", "NOW")
    lba = row.get("lba_first_failure", {}).get("value", "-")
    sense = "[0x3 0x11 0x0]" if "sense_key" in row else "[-   -    -]"
    result = row["result"]["string"]
    return f"#{number:2d}  {row['code']['string']:<16}  {result:<24} -  {hours:>6} {lba:>17} {sense}"
