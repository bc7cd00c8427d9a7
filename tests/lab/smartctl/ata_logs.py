"""The logs of an ATA lab disk: errors, self-tests, statistics, link."""

from __future__ import annotations

from typing import Any

from tests.lab.smartctl import selftest
from tests.lab.smartctl.report import ERRORS_LOGGED, SELF_TESTS_FAILED, Report
from tests.lab.smartctl.state import State

LINK_COUNTERS = (
    (1, 4, "Command failed due to ICRC error"),
    (2, 4, "R_ERR response for data FIS"),
    (3, 4, "R_ERR response for device-to-host data FIS"),
    (4, 4, "R_ERR response for host-to-device data FIS"),
    (5, 4, "R_ERR response for non-data FIS"),
    (8, 4, "Device-to-host non-data FIS retries"),
    (10, 4, "Device-to-host register FISes sent due to a COMRESET"),
    (11, 4, "CRC errors within host-to-device FIS"),
)
COUNTS_LINK_ERRORS = (1, 2, 4, 11)
VALID = {
    "value": 192,
    "string": "V--- ",
    "valid": True,
    "normalized": False,
    "supports_dsn": False,
    "monitored_condition_met": False,
}


def errors(report: Report, state: State, stats: dict[str, Any], *, extended: bool) -> None:
    """The error log: a medium error that the host saw is in it."""
    count = state["ata_errors"] + stats["read_errors"] + stats["write_errors"]
    if extended:
        report.put(ata_smart_error_log={"extended": {"revision": 1, "sectors": 1, "count": count}})
        report.say("SMART Extended Comprehensive Error Log Version: 1 (1 sectors)")
    else:
        report.put(ata_smart_error_log={"summary": {"revision": 1, "count": count}})
        report.say("SMART Error Log Version: 1")
    if count:
        report.exit_status |= ERRORS_LOGGED
    report.say(f"{'Device' if extended else 'ATA'} Error Count: {count}" if count else "No Errors Logged", "")


def self_tests(report: Report, state: State, *, extended: bool) -> None:
    """The self-test log, the newest first."""
    rows = [_row(entry) for entry in state["log"]]
    log: dict[str, Any] = {"revision": 1}
    if extended:
        log["sectors"] = 1
    counting, outdated = selftest.failures(state)
    if rows:
        totals = {"error_count_total": counting + outdated, "error_count_outdated": outdated}
        log |= {"table": rows, "count": len(rows), **totals}
    else:
        log["count"] = 0
    report.put(ata_smart_self_test_log={"extended" if extended else "standard": log})
    if counting:
        report.exit_status |= SELF_TESTS_FAILED
    _say_self_tests(report, rows, extended=extended)


def selective(report: Report) -> None:
    """The log of selective self-tests, which nobody started."""
    span = {"lba_min": 0, "lba_max": 0, "status": {"value": 0, "string": "Not_testing"}}
    report.put(
        ata_smart_selective_self_test_log={
            "revision": 1,
            "table": [span] * 5,
            "flags": {"value": 0, "remainder_scan_enabled": False},
            "power_up_scan_resume_minutes": 0,
        }
    )
    report.say(
        "SMART Selective self-test log data structure revision number 1",
        " SPAN  MIN_LBA  MAX_LBA  CURRENT_TEST_STATUS",
        *(f"    {number}        0        0  Not_testing" for number in range(1, 6)),
        "",
    )


def statistics(report: Report, state: State, stats: dict[str, Any], now: float) -> None:
    """The device statistics: what was read and written is what the file system saw."""
    block = state["logical_block"]
    general = (
        (0x08, "Lifetime Power-On Resets", 4, state["power_cycles"]),
        (0x10, "Power-on Hours", 4, selftest.hours(state, now)),
        (0x18, "Logical Sectors Written", 6, stats["bytes_written"] // block),
        (0x20, "Number of Write Commands", 6, stats["writes"]),
        (0x28, "Logical Sectors Read", 6, stats["bytes_read"] // block),
        (0x30, "Number of Read Commands", 6, stats["reads"]),
    )
    heat = (
        (0x08, "Current Temperature", 1, state["temperature"]),
        (0x58, "Specified Maximum Operating Temperature", 1, 65),
        (0x68, "Specified Minimum Operating Temperature", 1, 0),
    )
    report.say("Device Statistics (GP Log 0x04)", "Page  Offset Size        Value Flags Description")
    pages = [
        _page(report, 1, "General Statistics", general),
        _page(report, 5, "Temperature Statistics", heat),
    ]
    report.put(ata_device_statistics={"pages": pages})
    report.tree.setdefault("temperature", {}).update(op_limit_max=65, op_limit_min=0)
    report.say("")


def link(report: Report, state: State) -> None:
    """The counters of the link between drive and host."""
    table = [
        {
            "id": number,
            "name": name,
            "size": size,
            "value": state["link_errors"] if number in COUNTS_LINK_ERRORS else 0,
            "overflow": False,
        }
        for number, size, name in LINK_COUNTERS
    ]
    report.put(sata_phy_event_counters={"table": table, "reset": False})
    report.say(
        "SATA Phy Event Counters (GP Log 0x11)",
        "ID      Size     Value  Description",
        *(f"0x{row['id']:04x}  {row['size']}     {row['value']:8d}  {row['name']}" for row in table),
        "",
    )


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    ending = selftest.ENDINGS[entry["result"]]
    status: dict[str, Any] = {"value": (ending.ata << 4) + entry["remaining"] // 10, "string": ending.ata_text}
    if entry["result"] != "ok":
        status["remaining_percent"] = entry["remaining"]
    if ending.passed is not None:
        status["passed"] = ending.passed
    kind = entry["kind"]
    row = {
        "type": {"value": selftest.NUMBERS[kind], "string": selftest.TEXTS[kind]},
        "status": status,
        "lifetime_hours": entry["hours"] & 0xFFFF,
    }
    return row if entry["lba"] is None else {**row, "lba": entry["lba"]}


def _say_self_tests(report: Report, rows: list[dict[str, Any]], *, extended: bool) -> None:
    if extended:
        report.say("SMART Extended Self-test Log Version: 1 (1 sectors)")
    else:
        report.say("SMART Self-test log structure revision number 1")
    if not rows:
        report.say("No self-tests have been logged.  [To run self-tests, use: smartctl -t]", "")
        return
    report.say("Num  Test_Description    Status                  Remaining  LifeTime(hours)  LBA_of_first_error")
    for number, row in enumerate(rows, 1):
        left = row["status"].get("remaining_percent", 0)
        report.say(
            f"#{number:2d}  {row['type']['string']:<18}  {row['status']['string']:<29.29} {left:02d}%"
            f"  {row['lifetime_hours']:8d}         {row.get('lba', '-')}"
        )
    report.say("")


def _page(report: Report, number: int, title: str, lines: tuple[tuple[int, str, int, int], ...]) -> dict[str, Any]:
    report.say(f"0x{number:02x}  =====  =               =  ===  == {title} (rev 1) ==")
    for offset, name, size, value in lines:
        report.say(f"0x{number:02x}  0x{offset:03x}  {size}  {value:14d}  ---  {name}")
    table = [
        {"offset": offset, "name": name, "size": size, "value": value, "flags": VALID}
        for offset, name, size, value in lines
    ]
    return {"number": number, "name": title, "revision": 1, "table": table}
