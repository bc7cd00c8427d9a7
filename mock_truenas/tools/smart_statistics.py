"""The device statistics of an ATA drive: how much was written and read."""

from typing import Any

from mock_truenas.world.drive_state import DriveNow

Row = tuple[int, str, int, int]


def statistics(now: DriveNow) -> list[dict[str, Any]]:
    """Give the pages as smartctl's JSON has them."""
    state = now.state
    return [
        _page(1, "General Statistics", [
            (8, "Lifetime Power-On Resets", 4, state["power_cycles"]),
            (16, "Power-on Hours", 4, now.hours),
            (24, "Logical Sectors Written", 6, state["sectors_written"]),
            (32, "Number of Write Commands", 6, state["sectors_written"] // 2048),
            (40, "Logical Sectors Read", 6, state["sectors_read"]),
            (48, "Number of Read Commands", 6, state["sectors_read"] // 2048),
        ]),
        _page(3, "Rotating Media Statistics", [
            (8, "Spindle Motor Power-on Hours", 4, now.hours),
            (32, "Number of Reallocated Logical Sectors", 4, state["reallocated"]),
        ]),
        _page(5, "Temperature Statistics", [
            (8, "Current Temperature", 1, now.temperature),
            (32, "Highest Temperature", 1, max(46, now.temperature)),
            (40, "Lowest Temperature", 1, 20),
            (88, "Specified Maximum Operating Temperature", 1, 60),
            (104, "Specified Minimum Operating Temperature", 1, 5),
        ]),
    ]  # fmt: skip


def _page(number: int, name: str, rows: list[Row]) -> dict[str, Any]:
    return {"number": number, "name": name, "revision": 1, "table": [_value(row) for row in rows]}


def _value(row: Row) -> dict[str, Any]:
    offset, name, size, value = row
    flags = {
        "value": 192,
        "string": "V--- ",
        "valid": True,
        "normalized": False,
        "supports_dsn": False,
        "monitored_condition_met": False,
    }
    return {"offset": offset, "name": name, "size": size, "value": value, "flags": flags}
