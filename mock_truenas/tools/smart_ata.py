"""What smartctl reads from an ATA drive, as JSON; the text is made from it."""

from typing import Any

from mock_truenas.tools import smart_ata_text
from mock_truenas.tools.smart_attributes import attributes
from mock_truenas.tools.smart_parts import HEALTH_FAILED, PREFAIL_NOW, SELFTEST_ERRORS, Reading
from mock_truenas.tools.smart_statistics import statistics
from mock_truenas.world import selftests
from mock_truenas.world.catalog import LOGICAL_BLOCK, PHYSICAL_BLOCK
from mock_truenas.world.drive_state import DriveNow, LogEntry, remaining_tens
from mock_truenas.world.place import Place

Json = dict[str, Any]
TYPES = {
    "short": (1, "Short offline"),
    "long": (2, "Extended offline"),
    "conveyance": (3, "Conveyance offline"),
}
STATUS = {
    "passed": (0, "completed without error", "Completed without error", True),
    "aborted": (1, "was aborted by the host", "Aborted by host", None),
    "reset": (2, "was interrupted by the host with a reset", "Interrupted (host reset)", None),
    "failed": (7, "completed with error (read test element)", "Completed: read failure", False),
}


def read(place: Place, now: DriveNow, sections: set[str], reading: Reading) -> None:
    """Add the asked sections to the answer."""
    document = reading.document
    if "info" in sections:
        document.update(_info(now))
    if "health" in sections:
        passed = "smart_fail" not in now.state["faults"]
        document["smart_status"] = {"passed": passed}
        reading.exit_status |= 0 if passed else HEALTH_FAILED
    if "capabilities" in sections:
        document["ata_smart_data"] = _capabilities(place, now)
    if "attributes" in sections:
        _add_attributes(now, reading)
    _add_logs(now, sections, reading)
    reading.text += smart_ata_text.render(document)


def _add_logs(now: DriveNow, sections: set[str], reading: Reading) -> None:
    document = reading.document
    if "errors" in sections:
        style = "extended" if "extended" in sections else "summary"
        document["ata_smart_error_log"] = {style: {"revision": 1, "count": 0}}
    if "selftests" in sections:
        _add_log(now, reading, extended=bool(sections & {"extended", "extended log"}))
    if sections & {"extended", "statistics"}:
        document["ata_device_statistics"] = {"pages": statistics(now)}
    if "extended" in sections:
        document["sata_phy_event_counters"] = {"table": [_crc_counter()], "reset": False}


def _info(now: DriveNow) -> Json:
    drive, model = now.drive, now.drive.model
    speed = {"sata_value": 14, "string": "6.0 Gb/s", "units_per_second": 60, "bits_per_unit": 10**8}
    return {
        "model_family": model.family,
        "model_name": model.name,
        "serial_number": drive.serial,
        "wwn": {"naa": 5, "oui": model.oui, "id": drive.wwn & 0xFFFFFFFFF},
        "firmware_version": model.firmware,
        "user_capacity": {"blocks": drive.sectors, "bytes": model.size_bytes},
        "logical_block_size": LOGICAL_BLOCK,
        "physical_block_size": PHYSICAL_BLOCK,
        "rotation_rate": model.rpm,
        "form_factor": {"ata_value": 2, "name": "3.5 inches"},
        "trim": {"supported": False},
        "in_smartctl_database": not model.fails,
        "ata_version": {"string": "ACS-3 T13/2161-D revision 5", "major_value": 2046},
        "sata_version": {"string": "SATA 3.3", "value": 511},
        "interface_speed": {"max": speed, "current": speed},
        "smart_support": {"available": True, "enabled": True},
        "write_cache": {"enabled": True},
    }


def _capabilities(place: Place, now: DriveNow) -> Json:
    minutes = {
        "short": selftests.polling_minutes(place, "short"),
        "extended": selftests.polling_minutes(place, "long"),
        "conveyance": selftests.polling_minutes(place, "conveyance"),
    }
    return {
        "offline_data_collection": {
            "status": {"value": 0, "string": "was never started"},
            "completion_seconds": 575,
        },
        "self_test": {"status": _status(now), "polling_minutes": minutes},
        "capabilities": {
            "values": [123, 3],
            "exec_offline_immediate_supported": True,
            "offline_is_aborted_upon_new_cmd": False,
            "offline_surface_scan_supported": True,
            "self_tests_supported": True,
            "conveyance_self_test_supported": True,
            "selective_self_test_supported": True,
            "attribute_autosave_enabled": True,
            "error_logging_supported": True,
            "gp_logging_supported": True,
        },
    }


def _status(now: DriveNow) -> Json:
    """Give the status byte: what happens in the high half, tenths left in the low half."""
    if now.progress is not None:
        left = remaining_tens(now.progress)
        text = f"in progress, {left}% remaining"
        return {"value": 0xF0 | left // 10, "string": text, "remaining_percent": left}
    log = now.state["log"]
    if not log:
        return {"value": 0, "string": "completed without error", "passed": True}
    high, text, _, passed = STATUS[log[0]["outcome"]]
    status: Json = {"value": high << 4 | log[0]["remaining"] // 10, "string": text}
    if passed is not None:
        status["passed"] = passed
    return status


def _add_attributes(now: DriveNow, reading: Reading) -> None:
    table = attributes(now)
    reading.document["ata_smart_attributes"] = {"revision": 10, "table": table}
    reading.document["power_on_time"] = {"hours": now.hours}
    reading.document["power_cycle_count"] = now.state["power_cycles"]
    reading.document["temperature"] = {"current": now.temperature}
    if any(row["when_failed"] == "now" and row["flags"]["prefailure"] for row in table):
        reading.exit_status |= PREFAIL_NOW


def _add_log(now: DriveNow, reading: Reading, *, extended: bool) -> None:
    table = [_log_row(entry) for entry in now.state["log"]]
    log: Json = {"revision": 1, "sectors": 1} if extended else {"revision": 1}
    if table:
        errors = sum(1 for entry in now.state["log"] if entry["outcome"] == "failed")
        log["table"] = table
        log |= {"count": len(table), "error_count_total": errors, "error_count_outdated": 0}
        reading.exit_status |= SELFTEST_ERRORS if errors else 0
    else:
        log["count"] = 0
    style = "extended" if extended else "standard"
    reading.document["ata_smart_self_test_log"] = {style: log}


def _log_row(entry: LogEntry) -> Json:
    number, name = TYPES[entry["kind"]]
    high, _, text, passed = STATUS[entry["outcome"]]
    status: Json = {"value": high << 4 | entry["remaining"] // 10, "string": text}
    if entry["outcome"] != "passed":
        status["remaining_percent"] = entry["remaining"]
    if passed is not None:
        status["passed"] = passed
    row: Json = {
        "type": {"value": number, "string": name},
        "status": status,
        "lifetime_hours": entry["hours"] % 65536,
    }
    if entry["lba"] is not None:
        row["lba"] = entry["lba"]
    return row


def _crc_counter() -> Json:
    name = "Command failed due to ICRC error"
    return {"id": 1, "name": name, "size": 4, "value": 0, "overflow": False}
