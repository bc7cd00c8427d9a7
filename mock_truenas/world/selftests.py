"""Starting, aborting and hurrying the drives' own self-tests."""

import math

from mock_truenas.world import drive_state
from mock_truenas.world.catalog import Drive
from mock_truenas.world.drive_state import DriveNow, DriveState, LogEntry
from mock_truenas.world.place import Place

KINDS = ("short", "long", "conveyance")
SAS_KINDS = ("short", "long")


class SelfTestRefused(Exception):
    """The drive does not start a self-test now."""

    def __init__(self, remaining_percent: int) -> None:
        super().__init__(f"A self-test is running, {remaining_percent} % of it remain.")
        self.remaining_percent = remaining_percent


def kinds_of(drive: Drive) -> tuple[str, ...]:
    """Give the kinds of self-test that the drive knows."""
    return SAS_KINDS if drive.is_sas else KINDS


def seconds_of(place: Place, kind: str) -> float:
    """Give how many simulated seconds a self-test of that kind takes."""
    choices = place.choices
    return choices["long_seconds"] if kind == "long" else choices["short_seconds"]


def polling_minutes(place: Place, kind: str) -> int:
    """Give the minutes that the drive's firmware says such a test takes."""
    return max(1, math.ceil(seconds_of(place, kind) / 60))


def start(place: Place, name: str, kind: str) -> int:
    """Start a self-test and give its number. Raises SelfTestRefused while another runs."""
    seconds = seconds_of(place, kind)

    def begin(state: DriveState) -> int:
        test, now = state["selftest"], place.clock.now()
        if test is not None:
            done = (now - test["started"]) / test["seconds"]
            raise SelfTestRefused(drive_state.remaining_tens(done))
        number = state["next_id"]
        state["next_id"] = number + 1
        state["selftest"] = {"id": number, "kind": kind, "started": now, "seconds": seconds}
        return number

    return drive_state.change(place, name, begin)


def abort(place: Place, name: str, *, outcome: str = "aborted") -> bool:
    """End the running self-test as aborted, or as interrupted by a reset. False if none runs."""

    def end(state: DriveState) -> bool:
        test, now = state["selftest"], place.clock.now()
        if test is None:
            return False
        done = min(1.0, max(0.0, (now - test["started"]) / test["seconds"]))
        hours = drive_state.hours_at(place.drives[name], now)
        entry = drive_state.log_entry(test, outcome=outcome, done=done, hours=hours, ended=now)
        drive_state.end_selftest(state, entry)
        return True

    return drive_state.change(place, name, end)


def complete(place: Place, name: str) -> bool:
    """Bring the running self-test to its end at once. False if none runs."""

    def hurry(state: DriveState) -> bool:
        test = state["selftest"]
        if test is None:
            return False
        test["started"] = place.clock.now() - test["seconds"] - 1
        return True

    hurried = drive_state.change(place, name, hurry)
    drive_state.look(place, name)
    return hurried


def find(now: DriveNow, number: int) -> LogEntry | None:
    """Give the log entry of the self-test of that number, if it has ended."""
    return next((entry for entry in now.state["log"] if entry["id"] == number), None)
