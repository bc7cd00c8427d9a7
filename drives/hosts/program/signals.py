"""Pause, continue and end a run."""

from __future__ import annotations

import os
import signal
import time

from drives.hosts.program import run_dir, run_state
from drives.hosts.program.boot import boot_id
from drives.hosts.program.fields import required_text
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.run_dir import RunDir

SETTLE_SECONDS = 2.0
LOOK_EVERY = 0.02


def answer(machine: Machine, request: Json) -> Json:
    """Do what was asked to the engine of a run."""
    run = run_dir.asked_for(machine, request)
    action = required_text(request, "action")
    if action == "terminate":
        terminate(machine, run)
    elif action in ("pause", "continue"):
        _pause(machine, run, pause=action == "pause")
    else:
        raise Problem("bad_request", f"A run cannot be told to {action!r}.")
    return {"run": run_state.describe(machine, run)}


def terminate(machine: Machine, run: RunDir) -> None:
    """End the run; one that does not exist yet will never begin."""
    asked = {"asked_at": time.time()}
    if not run.exists and _never_begin(machine, run):
        return
    state = run_state.describe(machine, run)["state"]
    if state not in run_state.AT_WORK:
        return
    try:
        if not run.terminate_asked:
            run.write("terminate.json", asked, durable=True)
    finally:  # a full disk of the host must not keep it going
        run_state.send(run, signal.SIGTERM)
        run_state.send(run, signal.SIGCONT)


def _never_begin(machine: Machine, run: RunDir) -> bool:
    """Take the run's place with a refusal; False when a launch was quicker."""
    message = "The run was ended before it began. Nothing was written."
    refusal = {
        "code": "cancelled",
        "message": message,
        "stopped_by_request": True,
        "finished_at": time.time(),
        "boot_id": boot_id(machine),
    }
    lock = run_dir.prepare(run, "refused.json", refusal)
    if lock is None:
        return False
    os.close(lock)
    return True


def _pause(machine: Machine, run: RunDir, *, pause: bool) -> None:
    if run_state.describe(machine, run)["state"] != run_state.RUNNING:
        raise Problem("not_running", f"The run {run.run_id} is not running on this host.")
    if not pause and run.terminate_asked:
        return
    run_state.send(run, signal.SIGSTOP if pause else signal.SIGCONT)
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        engine = run_state.engine_of(run)
        if engine is None or engine.paused == pause:
            return
        time.sleep(LOOK_EVERY)
