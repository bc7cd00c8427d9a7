"""What SAS and SCSI drives say. Before smartctl 7.3 much of it is only in the text, which --json=o brings along."""

import re
from typing import Any

from drives.smart.fields import Json, kept, number, percent, table, text, total
from drives.smart.report import SelfTest, SelfTestEntry, SelfTestStatus, Written

COUNTERS = ("read", "write", "verify")
KINDS = {1: "short", 2: "long", 5: "short", 6: "long"}
RUNNING = 15
ENTRIES = 20
DEFECTS_COUNTED_SINCE = (7, 2)  # before, the length of the list in bytes
BYTES_PER_DEFECT = 8
GIGABYTE = 10**9
SMALLEST_STEP = 10**6  # smartctl prints gigabytes with three decimals
PORTS = range(8)
PHY_COUNTERS = (
    "invalid_dword_count",
    "running_disparity_error_count",
    "loss_of_dword_synchronization_count",
    "phy_reset_problem_count",
)

PHY_LINE = re.compile(
    r"^\s*(?:Invalid DWORD|Running disparity error|Loss of DWORD synchronization|Phy reset problem)(?: count)?"
    r" = ([0-9]{1,18})"
)
REMAINING = re.compile(r"([0-9]{1,3})% of test remaining")
LINE = re.compile(
    r"^#\s*\d+\s+(?P<kind>(?:Background|Foreground) (?:short|long)|\S+)\s+(?P<status>\S.*?)\s+"
    r"(?P<segment>-|\d+)\s+(?P<hours>NOW|-|[0-9]{1,9})\s+(?P<lba>-|0x[0-9a-f]{1,15}|[0-9]{1,18})\s+\["
)
STATUS_WORDS = (
    ("Self test in progress", SelfTestStatus.RUNNING),
    ("Aborted", SelfTestStatus.ABORTED),
    ("Completed, segment failed", SelfTestStatus.FAILED),
    ("Failed", SelfTestStatus.FAILED),
    ("Unknown error", SelfTestStatus.FAILED),
    ("Completed", SelfTestStatus.PASSED),
)


def fields(json: Json) -> dict[str, Any]:
    """Return the fields of the report that only SCSI drives fill."""
    log = "scsi_error_counter_log"
    return {
        "grown_defects": _grown_defects(json),
        "pending": number(json, "scsi_pending_defects", "count"),
        "uncorrectable": total(*(number(json, log, name, "total_uncorrected_errors") for name in COUNTERS)),
        "written": _written(json),
        "phy_errors": _phy_errors(json),
        "self_test": _self_test(json),
        "polling_minutes": _polling_minutes(json),
    }


def environment_temperature(json: Json) -> int | None:
    """Return the temperature from the environmental report, which some drives fill in place of the usual page."""
    return number(json, "scsi_environmental_reports", "temperature_1", "current")


def _grown_defects(json: Json) -> int | None:
    defects = number(json, "scsi_grown_defect_list")
    if defects is None or _version(json) >= DEFECTS_COUNTED_SINCE:
        return defects
    return -(-defects // BYTES_PER_DEFECT)


def _version(json: Json) -> tuple[int, ...]:
    told = table(json, "smartctl").get("version")
    numbers = told if isinstance(told, list) else []
    return tuple(number for number in numbers if isinstance(number, int)) or (0,)


def _written(json: Json) -> Written | None:
    gigabytes = text(json, "scsi_error_counter_log", "write", "gigabytes_processed")
    try:
        count = kept(round(float(gigabytes) * GIGABYTE)) if gigabytes else None
    except (ValueError, OverflowError):
        return None
    return None if count is None else Written(count, SMALLEST_STEP, "gigabytes processed")


def _phy_errors(json: Json) -> int | None:
    """Return the errors that the drive's SAS ports counted, all phys together."""
    ports = (table(json, f"scsi_sas_port_{index}") for index in PORTS)
    phys = [phy for port in ports for name, phy in port.items() if name.startswith("phy_")]
    told = total(*(number(phy, name) for phy in phys for name in PHY_COUNTERS))
    if told is not None:
        return told
    return total(*(int(match[1]) for line in _output(json) if (match := PHY_LINE.match(line))))


def _self_test(json: Json) -> SelfTest:
    log = _log(json)
    printed = "\n".join(_output(json))
    remaining = REMAINING.search(printed)
    modern = table(json, "scsi_self_test_status")
    done = number(modern, "completion_percent")
    running = bool(modern.get("in_progress") or remaining or (log and log[0].status is SelfTestStatus.RUNNING))
    left = 100 - done if done is not None else int(remaining.group(1)) if remaining else None
    return SelfTest(running=running, remaining_percent=percent(left) if running else None, log=log)


def _log(json: Json) -> tuple[SelfTestEntry, ...]:
    told = (table(json, f"scsi_self_test_{index}") for index in range(ENTRIES))
    entries = tuple(_entry(row) for row in told if row)
    if entries:
        return entries
    return tuple(_entry_from(match) for line in _output(json) if (match := LINE.match(line)))


def _entry(row: Json) -> SelfTestEntry:
    result = number(row, "result", "value")
    running = row.get("self_test_in_progress") is True
    return SelfTestEntry(
        kind=KINDS.get(number(row, "code", "value") or 0, text(row, "code", "string")),
        status=SelfTestStatus.RUNNING if running else _meaning(result),
        lifetime_hours=number(row, "power_on_time", "hours"),
        lba=number(row, "lba_first_failure", "value"),
        text=text(row, "result", "string"),
    )


def _meaning(code: int | None) -> SelfTestStatus:
    if code == 0:
        return SelfTestStatus.PASSED
    if code in (1, 2):
        return SelfTestStatus.ABORTED
    if code == RUNNING:
        return SelfTestStatus.RUNNING
    return SelfTestStatus.FAILED if code in range(3, 8) else SelfTestStatus.UNKNOWN


def _entry_from(line: re.Match[str]) -> SelfTestEntry:
    said = line["status"]
    status = next((status for words, status in STATUS_WORDS if said.startswith(words)), SelfTestStatus.UNKNOWN)
    return SelfTestEntry(
        kind=line["kind"].rpartition(" ")[2].lower(),
        status=status,
        lifetime_hours=int(line["hours"]) if line["hours"].isdigit() else None,
        lba=_lba(line["lba"]),
        text=said,
    )


def _lba(said: str) -> int | None:
    if said == "-":
        return None
    return int(said, 16 if said.startswith("0x") else 10)


def _output(json: Json) -> list[str]:
    lines = table(json, "smartctl").get("output")
    return [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []


def _polling_minutes(json: Json) -> dict[str, int]:
    modern = number(json, "scsi_extended_self_test_seconds")
    seconds = number(json, "extended_self_test_seconds") if modern is None else modern
    return {} if seconds is None else {"long": -(-seconds // 60)}
