"""Self-tests of a lab disk: they take real time, and end as ordered."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.lab.smartctl.state import State

LOG_ENTRIES = 19


class Ending(NamedTuple):
    """How a self-test can end, in the words of ATA and of SCSI."""

    ata: int
    ata_text: str
    ata_status: str
    passed: bool | None
    scsi: int
    scsi_text: str


ENDINGS = {
    "ok": Ending(0, "Completed without error", "completed without error", True, 0, "Completed"),
    "aborted": Ending(1, "Aborted by host", "was aborted by the host", None, 1, "Aborted (by user command)"),
    "reset": Ending(
        2, "Interrupted (host reset)", "was interrupted by the host with a reset", None, 2, "Aborted (device reset ?)"
    ),
    "fatal": Ending(
        3, "Fatal or unknown error", "could not complete due to a fatal or unknown error", None, 3, "Unknown error"
    ),
    "unknown": Ending(
        4,
        "Completed: unknown failure",
        "completed with error (unknown test element)",
        False,
        4,
        "Completed, segment failed",
    ),
    "electrical": Ending(
        5,
        "Completed: electrical failure",
        "completed with error (electrical test element)",
        False,
        5,
        "Failed in first segment",
    ),
    "servo": Ending(
        6,
        "Completed: servo/seek failure",
        "completed with error (servo/seek test element)",
        False,
        6,
        "Failed in second segment",
    ),
    "read-failure": Ending(
        7, "Completed: read failure", "completed with error (read test element)", False, 7, "Failed in segment"
    ),
    "damage": Ending(
        8, "Completed: handling damage??", "completed with error (handling damage?)", False, 7, "Failed in segment"
    ),
}
NUMBERS = {"short": 1, "extended": 2, "conveyance": 3}
TEXTS = {"short": "Short offline", "extended": "Extended offline", "conveyance": "Conveyance offline"}


def start(state: State, kind: str, now: float) -> None:
    """Begin a self-test; of one that the disk drops nothing is ever seen again."""
    if not state["drops_self_tests"]:
        state["running"] = {"kind": kind, "started_at": now}


def abort(state: State, now: float) -> None:
    """End the running self-test as a host does with -X."""
    if state["running"]:
        _log(state, {"result": "aborted", "lba": None}, percent(state, now), now)


def settle(state: State, now: float, stats: dict[str, Any]) -> None:
    """Bring the log up to date: a test that is over by now is logged."""
    running = state["running"]
    if not running:
        return
    done = percent(state, now)
    order = _order(state, running["kind"], stats)
    if done >= order["percent"]:
        _log(state, order, order["percent"], now)


def percent(state: State, now: float) -> float:
    """How far the running self-test is."""
    running = state["running"]
    seconds = max(float(state["seconds"][running["kind"]]), 0.001)
    done = min(100.0, 100 * max(0.0, now - float(running["started_at"])) / seconds)
    hold = state["hold_percent"]
    return done if hold is None else min(done, float(hold))


def remaining(done: float) -> int:
    """What is left in tens, as ATA counts: 90 at the start, 0 in the last tenth."""
    return max(0, 90 - 10 * int(done // 10))


def hours(state: State, now: float) -> int:
    """Power-on hours by now."""
    grown = (now - state["born"]) / 3600 * state["hours_per_real_hour"]
    return int(state["power_on_hours"] + grown)


def failures(state: State) -> tuple[int, int]:
    """Failed self-tests in the log: those that count, and those that a later long test has outdated."""
    count = outdated = 0
    good_since = False
    for entry in state["log"]:  # the newest first
        if ENDINGS[entry["result"]].passed is False:
            outdated, count = (outdated + 1, count) if good_since else (outdated, count + 1)
        good_since = good_since or (entry["kind"] == "extended" and entry["result"] == "ok")
    return count, outdated


def _order(state: State, kind: str, stats: dict[str, Any]) -> dict[str, Any]:
    """How the test is to end: as ordered; else a long test finds the first sector that cannot be read."""
    ordered = state["results"].get(kind)
    if ordered:
        lba = ordered.get("lba")
        return {"result": ordered["result"], "percent": float(ordered.get("percent", 100)), "lba": lba}
    first = stats["first_unreadable"]
    if kind == "extended" and first is not None:
        where = 100 * first / state["size_bytes"]
        return {"result": "read-failure", "percent": where, "lba": first // state["logical_block"]}
    return {"result": "ok", "percent": 100.0, "lba": None}


def _log(state: State, order: dict[str, Any], done: float, now: float) -> None:
    running, state["running"] = state["running"], None
    entry = {
        "kind": running["kind"],
        "result": order["result"],
        "remaining": 0 if done >= 100 else remaining(done),
        "hours": hours(state, now),
        "lba": order["lba"],
    }
    state["log"] = [entry, *state["log"]][:LOG_ENTRIES]
