"""The attribute table of an ATA lab disk; some of it follows what the fault file system counts."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.lab.smartctl import selftest
from tests.lab.smartctl.report import BELOW_IN_PAST, PREFAIL_BELOW, Report
from tests.lab.smartctl.state import State

LETTERS = (("P", 1), ("O", 2), ("S", 4), ("R", 8), ("C", 16), ("K", 32))
NAMES_OF_BITS = ("prefailure", "updated_online", "performance", "error_rate", "event_count", "auto_keep")
LEGEND = (
    "                            ||||||_ K auto-keep",
    "                            |||||__ C event count",
    "                            ||||___ R error rate",
    "                            |||____ S speed/performance",
    "                            ||_____ O updated online",
    "                            |______ P prefailure warning",
)


class Kind(NamedTuple):
    """What is fixed about an attribute."""

    number: int
    name: str
    flags: int
    value: int
    worst: int
    thresh: int


TABLE = (
    Kind(1, "Raw_Read_Error_Rate", 0x2F, 200, 200, 51),
    Kind(3, "Spin_Up_Time", 0x27, 175, 168, 21),
    Kind(4, "Start_Stop_Count", 0x32, 100, 100, 0),
    Kind(5, "Reallocated_Sector_Ct", 0x33, 200, 200, 140),
    Kind(7, "Seek_Error_Rate", 0x2E, 100, 253, 0),
    Kind(9, "Power_On_Hours", 0x32, 99, 99, 0),
    Kind(10, "Spin_Retry_Count", 0x32, 100, 253, 0),
    Kind(12, "Power_Cycle_Count", 0x32, 100, 100, 0),
    Kind(187, "Reported_Uncorrect", 0x32, 100, 100, 0),
    Kind(188, "Command_Timeout", 0x32, 100, 100, 0),
    Kind(192, "Power-Off_Retract_Count", 0x32, 200, 200, 0),
    Kind(193, "Load_Cycle_Count", 0x32, 200, 200, 0),
    Kind(194, "Temperature_Celsius", 0x22, 119, 104, 0),
    Kind(196, "Reallocated_Event_Count", 0x32, 200, 200, 0),
    Kind(197, "Current_Pending_Sector", 0x32, 200, 200, 0),
    Kind(198, "Offline_Uncorrectable", 0x30, 100, 253, 0),
    Kind(199, "UDMA_CRC_Error_Count", 0x32, 200, 200, 0),
)


def report_on(report: Report, state: State, stats: dict[str, Any], now: float) -> None:
    """Add the table."""
    rows = rows_of(state, stats, now)
    report.put(ata_smart_attributes={"revision": 16, "table": rows})
    for row in rows:
        if row["when_failed"] == "now" and row["flags"]["prefailure"]:
            report.exit_status |= PREFAIL_BELOW
        elif row["when_failed"]:
            report.exit_status |= BELOW_IN_PAST
    report.say(
        "SMART Attributes Data Structure revision number: 16",
        "Vendor Specific SMART Attributes with Thresholds:",
    )


def say_table(report: Report, *, brief: bool) -> None:
    """Add the text of the table: the one of -x is brief, the one of -a is old."""
    if brief:
        report.say("ID# ATTRIBUTE_NAME          FLAGS    VALUE WORST THRESH FAIL RAW_VALUE")
    else:
        report.say("ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE")
    for row in report.tree["ata_smart_attributes"]["table"]:
        report.say(_brief(row) if brief else _old(row))
    report.say(*(LEGEND if brief else ()), "")


def rows_of(state: State, stats: dict[str, Any], now: float) -> list[dict[str, Any]]:
    """The table as JSON."""
    counted = _counted(state, stats, now)
    rows = []
    for kind in TABLE:
        changes = state["attributes"].get(str(kind.number), {})
        if changes is not None:
            rows.append(_row(kind, {"raw": counted.get(kind.number, 0), **changes}))
    return rows


def _counted(state: State, stats: dict[str, Any], now: float) -> dict[int, int]:
    per_sector = state["logical_block"] // 512
    healed = stats["healed_sectors"] // per_sector
    return {
        3: 6225,
        4: 47,
        5: healed,
        9: selftest.hours(state, now),
        12: state["power_cycles"],
        187: stats["read_errors"],
        192: 12,
        193: 150,
        194: state["temperature"],
        196: healed,
        197: stats["pending_sectors"] // per_sector,
        199: state["link_errors"],
    }


def _row(kind: Kind, changes: dict[str, int]) -> dict[str, Any]:
    value, worst = changes.get("value", kind.value), changes.get("worst", kind.worst)
    worst, thresh = min(value, worst) if "value" in changes else worst, changes.get("thresh", kind.thresh)
    failed = "" if not thresh else "now" if value <= thresh else "past" if worst <= thresh else ""
    bits = {name: bool(kind.flags & bit) for name, (_, bit) in zip(NAMES_OF_BITS, LETTERS, strict=True)}
    letters = "".join(letter if kind.flags & bit else "-" for letter, bit in LETTERS)
    return {
        "id": kind.number,
        "name": kind.name,
        "value": value,
        "worst": worst,
        "thresh": thresh,
        "when_failed": failed,
        "flags": {"value": kind.flags, "string": f"{letters} ", **bits},
        "raw": {"value": changes["raw"], "string": str(changes["raw"])},
    }


def _brief(row: dict[str, Any]) -> str:
    failed = {"now": "NOW", "past": "Past"}.get(row["when_failed"], "-")
    return (
        f"{row['id']:3d} {row['name']:<24.24}{row['flags']['string']:<8} {row['value']:03d}   {row['worst']:03d}"
        f"   {row['thresh']:03d}    {failed:<4} {row['raw']['string']}"
    )


def _old(row: dict[str, Any]) -> str:
    failed = {"now": "FAILING_NOW", "past": "In_the_past"}.get(row["when_failed"], "    -")
    kind = "Pre-fail" if row["flags"]["prefailure"] else "Old_age "
    updated = "Always " if row["flags"]["updated_online"] else "Offline"
    return (
        f"{row['id']:3d} {row['name']:<24.24}0x{row['flags']['value']:04x}   {row['value']:03d}   {row['worst']:03d}"
        f"   {row['thresh']:03d}    {kind}  {updated}  {failed:<12} {row['raw']['string']}"
    )
