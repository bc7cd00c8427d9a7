"""The self-tests of a drive as smart.test.results tells them."""

from typing import Any

from mock_truenas.world.catalog import Drive
from mock_truenas.world.drive_state import DriveNow, LogEntry, remaining_tens

Json = dict[str, Any]
ATA_KINDS = {
    "short": "Short offline",
    "long": "Extended offline",
    "conveyance": "Conveyance offline",
}
SAS_KINDS = {"short": "Background short", "long": "Background long"}
ATA_ENDS = {
    "passed": "Completed without error",
    "failed": "Completed: read failure",
    "aborted": "Aborted by host",
    "reset": "Interrupted (host reset)",
}
SAS_ENDS = {
    "passed": "Completed",
    "failed": "Failed in segment -->",
    "aborted": "Aborted (by user command)",
    "reset": "Aborted (device reset ?)",
}


def results_of(now: DriveNow) -> Json:
    """Give the drive's log, newest first, and the test that runs."""
    log = [_entry(now.drive, n, entry) for n, entry in enumerate(now.state["log"], 1)]
    current = None
    if now.progress is not None:
        done = now.progress * 100 if now.drive.is_sas else 100 - remaining_tens(now.progress)
        current = {"progress": int(done)}
    return {"disk": now.drive.name, "tests": log, "current_test": current}


def _entry(drive: Drive, number: int, entry: LogEntry) -> Json:
    kinds, ends = (SAS_KINDS, SAS_ENDS) if drive.is_sas else (ATA_KINDS, ATA_ENDS)
    rest: Json = {"segment_number": None} if drive.is_sas else {"remaining": entry["remaining"] / 100}
    return {
        "num": number,
        "description": kinds[entry["kind"]],
        # CORE calls everything FAILED that did not succeed; only the words tell an abort.
        "status": "SUCCESS" if entry["outcome"] == "passed" else "FAILED",
        "status_verbose": ends[entry["outcome"]],
        **rest,
        "lifetime": entry["hours"],
        "lba_of_first_error": None if entry["lba"] is None else str(entry["lba"]),
    }
