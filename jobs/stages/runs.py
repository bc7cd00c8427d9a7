"""Words about a run on the host, shared by the stages that have one. Pure."""

from collections.abc import Mapping
from typing import Any

MAX_TRIES = 3
HOST_FULL = "the disk of the host is full"
TRANSIENT_REFUSALS = frozenset({"busy", "locked"})


def ended_badly(run: Mapping[str, Any]) -> str:
    """Return why a run that is over proves nothing, as the end of a sentence; empty when it ended by itself."""
    state = run["state"]
    reason = run.get("reason") or {}
    if state in ("lost", "interrupted"):
        if reason.get("code") == "rebooted":
            return "the host was restarted"
        return "it vanished without an exit code (the host was restarted, or the process was killed)"
    if reason.get("code") == "device_gone":
        return "the drive disappeared while it ran"
    if reason:
        return str(reason.get("message", reason.get("code", "the host ended it"))).rstrip(".")
    if run.get("signal"):
        return f"it was ended from outside (signal {run['signal']})"
    return ""


def aside(run: Mapping[str, Any]) -> str:
    """Return what else a person should know of a run that works, for the end of a message."""
    paused = ", paused" if run.get("paused") else ""
    return f"{paused}; {HOST_FULL}" if run.get("host_full") else paused


def is_interrupted(run: Mapping[str, Any]) -> bool:
    """Say whether a run ended for no reason of the drive's, so that it may be tried again."""
    code = (run.get("reason") or {}).get("code", "")
    if run["state"] == "refused":
        return code in TRANSIENT_REFUSALS
    return run["state"] in ("lost", "interrupted") or (bool(run.get("signal")) and not code)


def refusal(run: Mapping[str, Any]) -> str:
    """Return the guard's sentence."""
    reason = run.get("reason") or {}
    return str(reason.get("message") or f"The host refused: {reason.get('code', 'no reason given')}.")


def still_in_use(run: Mapping[str, Any], tries: int) -> str:
    """Return that a drive did not become free, and what to do; empty when the run was not refused for that."""
    if run["state"] != "refused" or not is_interrupted(run):
        return ""
    return f"{refusal(run)} It stayed so for {tries} tries. End what uses it, then try this burn-in again."
