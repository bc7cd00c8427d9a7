"""What SAS and SCSI drives say. Before smartctl 7.3 much of it is only in the text, which --json=o brings along."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from drives.smart.durations import believed_minutes
from drives.smart.fields import ROWS, SELF_TESTS, Json, is_count, kept, number, percent, table, text, total
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
PHY_NAMES = ("Invalid DWORD", "Running disparity error", "Loss of DWORD synchronization", "Phy reset problem")
REMAINING = "% of test remaining"
# Of what smartctl printed as text. Lines are cut into words and never searched by a pattern: with some patterns a
# drive decides how long that takes. A log of background scans has 2,048 lines.
LINES = 4_000
WIDTH = 512
WHERE = ("Background", "Foreground")
HEX_DIGITS = frozenset("0123456789abcdef")
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
    phys = [phy for port in ports for name, phy in islice(port.items(), ROWS) if name.startswith("phy_")]
    told = total(*(number(phy, name) for phy in phys for name in PHY_COUNTERS))
    if told is not None:
        return told
    return total(*(count for line in _output(json) if (count := _phy_count(line)) is not None))


def _phy_count(line: str) -> int | None:
    """Return the number of a line like "Invalid DWORD count = 5"."""
    if not line.lstrip().startswith(PHY_NAMES):
        return None
    name, _, told = line.strip().partition(" = ")
    word = told.partition(" ")[0]
    return int(word) if name.removesuffix(" count") in PHY_NAMES and is_count(word, 18) else None


def _self_test(json: Json) -> SelfTest:
    log = _log(json)
    remaining = _remaining(json)
    modern = table(json, "scsi_self_test_status")
    done = number(modern, "completion_percent")
    running = bool(
        modern.get("in_progress") or remaining is not None or (log and log[0].status is SelfTestStatus.RUNNING)
    )
    left = 100 - done if done is not None else remaining
    return SelfTest(running=running, remaining_percent=percent(left) if running else None, log=log)


def _remaining(json: Json) -> int | None:
    """Return what smartctl printed of a test that runs: "Self-test execution status: 91% of test remaining"."""
    for line in _output(json):
        before, mark, _ = line.partition(REMAINING)
        word = before[-3:].rpartition(" ")[2].rpartition("\t")[2] if mark else ""
        if is_count(word, 3):
            return int(word)
    return None


def _log(json: Json) -> tuple[SelfTestEntry, ...]:
    told = (table(json, f"scsi_self_test_{index}") for index in range(ENTRIES))
    entries = tuple(_entry(row) for row in told if row)
    if entries:
        return entries
    printed = (entry for line in _output(json) if line.startswith("#") and (entry := _entry_from(line)))
    return tuple(islice(printed, SELF_TESTS))


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


def _entry_from(line: str) -> SelfTestEntry | None:
    """Read "# 1  Background long   Failed in segment -->       3   12345        0x1f40 [0x3 0x11 0x0]"."""
    head, bracket, _ = line.partition("[")
    place, *words = head.removeprefix("#").split() or [""]
    if not bracket or not head[-1:].isspace() or not is_count(place, 9):
        return None
    *said, segment, hours, lba = words if len(words) > 4 else ["", "", "", ""]
    first = 2 if said[0] in WHERE and said[1:2] in (["short"], ["long"]) else 1
    status = " ".join(said[first:])
    if not status or not _is_dash_or_count(segment, 18) or not _is_dash_or_count(hours.replace("NOW", "-"), 9):
        return None
    if lba != "-" and _lba(lba) is None:
        return None
    return SelfTestEntry(
        kind=said[first - 1].lower(),
        status=next((meant for told, meant in STATUS_WORDS if status.startswith(told)), SelfTestStatus.UNKNOWN),
        lifetime_hours=int(hours) if is_count(hours, 9) else None,
        lba=_lba(lba),
        text=status,
    )


def _is_dash_or_count(word: str, digits: int) -> bool:
    return word == "-" or is_count(word, digits)


def _lba(said: str) -> int | None:
    if is_count(said, 18):
        return int(said)
    digits = said.removeprefix("0x")
    return int(digits, 16) if said != digits and 0 < len(digits) <= 15 and HEX_DIGITS.issuperset(digits) else None


def _output(json: Json) -> Iterator[str]:
    lines = table(json, "smartctl").get("output")
    if isinstance(lines, list):
        yield from (line[:WIDTH] for line in islice(lines, LINES) if isinstance(line, str))


def _polling_minutes(json: Json) -> dict[str, int]:
    modern = number(json, "scsi_extended_self_test_seconds")
    seconds = number(json, "extended_self_test_seconds") if modern is None else modern
    minutes = believed_minutes("long", None if seconds is None else -(-seconds // 60))
    return {} if minutes is None else {"long": minutes}
