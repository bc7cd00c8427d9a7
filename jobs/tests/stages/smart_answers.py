"""What smartctl would answer about an ATA drive, as small as the stages need it."""

from typing import Any


def ata(
    *, running: int | None = None, log: tuple[tuple[int, int, int], ...] = (), hours: int = 100, **more: Any
) -> dict[str, Any]:
    """Return a report. `running`: percent remaining of a test; `log`: (type, status byte, hours), newest first."""
    value = 0 if running is None else 0xF0 + running // 10
    status: dict[str, Any] = {"value": value, "string": "in progress" if value else "completed"}
    if running is not None:
        status["remaining_percent"] = running
    table = [
        {
            "type": {"value": kind, "string": "test"},
            "status": {
                "value": code,
                "string": "Completed: read failure" if code >> 4 == 7 else "Completed without error",
            },
            "lifetime_hours": at,
            **({"lba": 4711} if code >> 4 == 7 else {}),
        }
        for kind, code, at in log
    ]
    return {
        "device": {"protocol": "ATA"},
        "smartctl": {"exit_status": 0, "output": ["smartctl 7.3"]},
        "smart_status": {"passed": True},
        "power_on_time": {"hours": hours},
        "temperature": {"current": 35},
        "ata_smart_data": {"self_test": {"status": status, "polling_minutes": {"short": 2, "extended": 600}}},
        "ata_smart_self_test_log": {"extended": {"table": table}},
        **more,
    }


SHORT, LONG = 1, 2
PASSED, ABORTED, RESET, READ_FAILURE = 0x00, 0x10, 0x20, 0x73
