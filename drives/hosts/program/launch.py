"""Launch a run: once, however often it is asked for."""

from __future__ import annotations

import os
import time

from drives.hosts.program import daemon, launch_request, permits, run_dir, run_state
from drives.hosts.program.boot import boot_id
from drives.hosts.program.files import APPEND
from drives.hosts.program.keeper import keep
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json

ANSWER_WITHIN = 20.0
LOOK_EVERY = 0.02


def answer(machine: Machine, request: Json) -> Json:
    """Launch the run, or adopt the one that is already there; wait a while for its first state."""
    run_id = launch_request.check(request)
    run = run_dir.asked_for(machine, request)
    lock = None
    if not run.exists:  # to adopt needs no permit: nothing is started
        permits.spend(machine, request, run_id)
        asked = dict(launch_request.kept(request, run_id), boot_id=boot_id(machine), asked_at=time.time())
        lock = run_dir.prepare(run, "request.json", asked)
    if lock is not None:
        log = run.open("keeper.log", APPEND)
        daemon.detach(lambda: keep(machine, run), log=log, keep=(lock, run.runs.descriptor))
        os.close(lock)
        os.close(log)
    _wait_for_first_state(run)
    return {"run": run_state.describe(machine, run), "adopted": lock is None}


def _wait_for_first_state(run: run_dir.RunDir) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN
    while time.monotonic() < deadline and run.kept():
        begun = run.has("engine.json") and run.has("watched.json")
        if begun or run.has("refused.json") or run.has("exit.json"):
            return
        time.sleep(LOOK_EVERY)
