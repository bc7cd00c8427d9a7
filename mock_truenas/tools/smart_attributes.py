"""The vendor attributes of an ATA drive."""

from typing import Any

from mock_truenas.world.catalog import SEAGATE
from mock_truenas.world.drive_state import DriveNow

LETTERS = "POSRCK"
PREFAIL_ALWAYS, OLD_ALWAYS, OLD_OFFLINE, RATE = 0x33, 0x32, 0x10, 0x0F
Row = tuple[int, str, int, int, int, int, str]


def attributes(now: DriveNow) -> list[dict[str, Any]]:
    """Give the attribute table as smartctl's JSON has it."""
    return [_entry(row) for row in _rows(now)]


def _rows(now: DriveNow) -> list[Row]:
    state, seagate = now.state, now.drive.model.oui == SEAGATE
    failing = "smart_fail" in state["faults"]
    reallocated = 4096 if failing else state["reallocated"]
    # A Seagate counts operations in the low half of these raw values: large numbers mean nothing there.
    work = 81_234_560 + now.drive.number * 7919 + state["sectors_read"] % 10**6 if seagate else 0
    return [
        _row(1, "Raw_Read_Error_Rate", 82 if seagate else 200, 44, RATE, work),
        _row(3, "Spin_Up_Time", 97, 0, 0x03, 0 if seagate else 6225),
        _row(4, "Start_Stop_Count", 100, 20, OLD_ALWAYS, state["power_cycles"] + 3),
        _row(5, "Reallocated_Sector_Ct", 1 if failing else 100, 10, PREFAIL_ALWAYS, reallocated),
        _row(7, "Seek_Error_Rate", 85 if seagate else 100, 45, RATE, work * 3),
        _row(9, "Power_On_Hours", 99, 0, OLD_ALWAYS, now.hours),
        _row(10, "Spin_Retry_Count", 100, 97, 0x13, 0),
        _row(12, "Power_Cycle_Count", 100, 20, OLD_ALWAYS, state["power_cycles"]),
        _row(184, "End-to-End_Error", 100, 99, OLD_ALWAYS, 0),
        _row(187, "Reported_Uncorrect", 100, 0, OLD_ALWAYS, state["pending"] // 8),
        _row(188, "Command_Timeout", 100, 0, OLD_ALWAYS, 0),
        _row(192, "Power-Off_Retract_Count", 100, 0, OLD_ALWAYS, state["power_cycles"] // 2),
        _row(193, "Load_Cycle_Count", 100, 0, OLD_ALWAYS, 150 + now.hours // 24),
        _temperature(now, seagate=seagate),
        _row(196, "Reallocated_Event_Count", 100, 0, OLD_ALWAYS, reallocated // 8),
        _row(197, "Current_Pending_Sector", 100, 0, 0x12, state["pending"]),
        _row(198, "Offline_Uncorrectable", 100, 0, OLD_OFFLINE, state["pending"]),
        _row(199, "UDMA_CRC_Error_Count", 200, 0, 0x3E, 0),
    ]


def _row(number: int, name: str, value: int, thresh: int, flags: int, raw: int) -> Row:
    return number, name, value, thresh, flags, raw, str(raw)


def _temperature(now: DriveNow, *, seagate: bool) -> Row:
    degrees = now.temperature
    # Seagate packs the lowest temperature ever into the same raw value.
    raw = 20 << 32 | degrees if seagate else degrees
    text = f"{degrees} (0 20 0 0 0)" if seagate else str(degrees)
    value = degrees if seagate else 150 - degrees
    return 194, "Temperature_Celsius", value, 0, 0x22, raw, text


def _entry(row: Row) -> dict[str, Any]:
    number, name, value, thresh, flags, raw, text = row
    letters = "".join(x if flags >> n & 1 else "-" for n, x in enumerate(LETTERS))
    return {
        "id": number,
        "name": name,
        "value": value,
        "worst": min(value, 100) if number != 199 else value,
        "thresh": thresh,
        "when_failed": "now" if value <= thresh else "",
        "flags": {
            "value": flags,
            "string": f"{letters} ",
            "prefailure": bool(flags & 1),
            "updated_online": bool(flags & 2),
            "performance": bool(flags & 4),
            "error_rate": bool(flags & 8),
            "event_count": bool(flags & 16),
            "auto_keep": bool(flags & 32),
        },
        "raw": {"value": raw, "string": text},
    }
