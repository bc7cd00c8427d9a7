"""What changes about a drive: its self-tests, its counters, its faults."""

import time
from collections.abc import Callable
from typing import NamedTuple, TypedDict, TypeVar, cast

from mock_truenas.world import documents
from mock_truenas.world.catalog import Drive
from mock_truenas.world.place import Place

Answer = TypeVar("Answer")
LOG_LENGTH = 21
BASE_HOURS = 1200
FAILS_AT = 0.30


class SelfTest(TypedDict):
    """A self-test that runs now. Times are simulated seconds."""

    id: int
    kind: str
    started: float
    seconds: float


class LogEntry(TypedDict):
    """A self-test that has ended: passed, failed, aborted or reset."""

    id: int
    kind: str
    outcome: str
    remaining: int
    hours: int
    lba: int | None
    ended: float


class DriveState(TypedDict):
    """Everything of one drive that outlives a command."""

    selftest: SelfTest | None
    log: list[LogEntry]
    next_id: int
    sectors_written: int
    sectors_read: int
    pending: int
    reallocated: int
    power_cycles: int
    faults: list[str]
    busy_until: float
    content: list[tuple[int, int, str]]


class DriveNow(NamedTuple):
    """A drive as it is at one moment."""

    drive: Drive
    state: DriveState
    simulated: float
    hours: int
    progress: float | None
    temperature: int


def fresh_state() -> DriveState:
    """Give the state of a drive that has just been taken out of its box."""
    return {
        "selftest": None,
        "log": [],
        "next_id": 1,
        "sectors_written": 0,
        "sectors_read": 0,
        "pending": 0,
        "reallocated": 0,
        "power_cycles": 12,
        "faults": [],
        "busy_until": 0.0,
        "content": [],
    }


def look(place: Place, name: str) -> DriveNow:
    """Give the drive as it is now, with a self-test that is due ended."""
    state = _load(place, name)
    if _is_due(place, name, state):
        state = change(place, name, lambda settled: settled)
    return _now(place, name, state)


def change(place: Place, name: str, how: Callable[[DriveState], Answer]) -> Answer:
    """Change the drive's state under its lock; `how` sees it with a due self-test ended."""
    path = place.state / f"{name}.json"
    with documents.lock(path):
        state = _load(place, name)
        if _is_due(place, name, state):
            _settle(place, name, state)
        answer = how(state)
        documents.write(path, state)
    return answer


def hours_at(drive: Drive, simulated: float) -> int:
    """Give the power-on hours at that simulated time."""
    return BASE_HOURS + drive.number * 97 + int(simulated // 3600)


def first_bad_lba(drive: Drive) -> int:
    """Give the first sector that cannot be read on a drive that has bad ones."""
    return int(drive.sectors * FAILS_AT) // 8 * 8


def log_entry(test: SelfTest, *, outcome: str, done: float, hours: int, ended: float) -> LogEntry:
    """Write down how a self-test ended, the rest rounded up to tens as drives do."""
    return {
        "id": test["id"],
        "kind": test["kind"],
        "outcome": outcome,
        "remaining": remaining_tens(done) if outcome != "passed" else 0,
        "hours": hours,
        "lba": None,
        "ended": ended,
    }


def remaining_tens(done: float) -> int:
    """Give the percentage left as ATA drives give it: 90, 80, … 0."""
    return max(0, min(90, int((1 - done) * 10 + 1e-9) * 10))


def _load(place: Place, name: str) -> DriveState:
    return cast(DriveState, documents.read(place.state / f"{name}.json") or fresh_state())


def _end_of(drive: Drive, test: SelfTest) -> float:
    share = FAILS_AT if drive.model.fails else 1.0
    return test["started"] + test["seconds"] * share


def _is_due(place: Place, name: str, state: DriveState) -> bool:
    test = state["selftest"]
    return test is not None and place.clock.now() >= _end_of(place.drives[name], test)


def _settle(place: Place, name: str, state: DriveState) -> None:
    drive, test = place.drives[name], state["selftest"]
    if test is None:
        return
    ended = min(_end_of(drive, test), place.clock.now())
    outcome, done = ("failed", FAILS_AT) if drive.model.fails else ("passed", 1.0)
    hours = hours_at(drive, ended)
    entry = log_entry(test, outcome=outcome, done=done, hours=hours, ended=ended)
    if outcome == "failed":
        entry["lba"] = first_bad_lba(drive)
        state["pending"] = max(8, state["pending"])
    end_selftest(state, entry)


def end_selftest(state: DriveState, entry: LogEntry) -> None:
    """Move the running self-test to the log, the newest first."""
    state["selftest"] = None
    state["log"] = [entry, *state["log"]][:LOG_LENGTH]


def _now(place: Place, name: str, state: DriveState) -> DriveNow:
    drive, simulated, test = place.drives[name], place.clock.now(), state["selftest"]
    progress = None
    if test is not None:
        progress = max(0.0, min(1.0, (simulated - test["started"]) / test["seconds"]))
    busy = test is not None or state["busy_until"] > time.time()
    return DriveNow(
        drive=drive,
        state=state,
        simulated=simulated,
        hours=hours_at(drive, simulated),
        progress=progress,
        temperature=temperature(drive, state, simulated=simulated, busy=busy),
    )


def temperature(drive: Drive, state: DriveState, *, simulated: float, busy: bool) -> int:
    """Give the temperature in °C: 28 to 44, slowly up and down, warmer while at work."""
    if "hot" in state["faults"]:
        return 60
    phase = (simulated / 90 + drive.number * 7) % 24
    drift = abs(phase - 12) / 4
    return 29 + drive.number % 5 * 2 + round(drift) + (4 if busy else 0)
