"""A drive that is not there: seen, waited for, and found again by its identity, wherever it is then."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobs.stages.base import StageContext, State

ABSENT = "drive_absent"
GONE = "device_gone"
UNDETERMINED = "undetermined"
DOUBT_S = 15 * 60.0  # a host that has just started answers by then: drives spin up, modules load, pools are imported


def was_refused(run: Mapping[str, Any]) -> bool:
    """Return whether nothing was started because no drive of the host is this one."""
    return run["state"] == "refused" and (run.get("reason") or {}).get("code") == ABSENT


def is_in_doubt(run: Mapping[str, Any]) -> bool:
    """Return whether nothing was started because the host could not yet say whether it may be."""
    return run["state"] == "refused" and (run.get("reason") or {}).get("code") == UNDETERMINED


def lost_it(run: Mapping[str, Any]) -> bool:
    """Return whether the host ended a run because its drive went away."""
    return (run.get("reason") or {}).get("code") == GONE


def is_back(ctx: StageContext) -> bool:
    """Return whether some drive of the host says it is this one. The guard checks the rest on the open file."""
    return any(disk.get("serial") == ctx.drive.serial for disk in _disks(ctx))


def waiting(state: State, now: datetime) -> State:
    """Return the state with since when the drive is away."""
    return {"away_since": now.timestamp(), **_without(state, "doubt_since")}


def returned(state: State) -> State:
    """Return the state of a drive that is there, and of which the host could tell whether it may be written to."""
    return _without(state, "away_since", "doubt_since")


def too_long(state: State, ctx: StageContext) -> bool:
    """Return whether the drive was waited for as long as the settings say."""
    return bool(ctx.now.timestamp() - state["away_since"] >= ctx.limits.drive_wait_s)


def doubting(state: State, now: datetime) -> State:
    """Return the state with since when the host is in doubt. The drive is there, however long it was away before."""
    return {"doubt_since": now.timestamp(), **_without(state, "away_since")}


def doubted_too_long(state: State, ctx: StageContext) -> bool:
    """Return whether the host has had time enough to say whether the drive may be written to."""
    return bool(ctx.now.timestamp() - state["doubt_since"] >= DOUBT_S)


def sentence(ctx: StageContext) -> str:
    """Say which drive is missing, and what is in its place."""
    words = f"Waiting for {ctx.drive.serial}: it is not in {ctx.host_name}."
    for disk in _disks(ctx):
        if disk.get("devname") == ctx.drive.devname and disk.get("serial") not in ("", None, ctx.drive.serial):
            return f"{words} {ctx.drive.devname} is {disk['serial']} now, which is not touched."
    return words


def _without(state: State, *names: str) -> State:
    return {name: value for name, value in state.items() if name not in names}


def _disks(ctx: StageContext) -> list[dict[str, Any]]:
    return list(ctx.host.inventory().get("disks", []))
