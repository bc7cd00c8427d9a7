"""Launch a run: once, however often it is asked for."""

from __future__ import annotations

import os
import time

from drives.hosts.program import daemon, guard, run_dir, run_state
from drives.hosts.program.boot import boot_id
from drives.hosts.program.engine_process import PLACE
from drives.hosts.program.engines import own_engines
from drives.hosts.program.fields import required_text, table, texts
from drives.hosts.program.keeper import keep
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem

ANSWER_WITHIN = 20.0
LOOK_EVERY = 0.02


def answer(machine: Machine, request: Json) -> Json:
    """Launch the run, or adopt the one that is already there; wait a while for its first state."""
    check(request)
    run = run_dir.run_dir(run_dir.base_dir(machine, request), required_text(request, "run_id"))
    kept: Json = {name: request[name] for name in ("guard", "argv", "engine") if name in request}
    asked = dict(kept, run_id=run.run_id, boot_id=boot_id(machine), asked_at=time.time())
    lock = run_dir.prepare(run, "request.json", asked)
    if lock is not None:
        daemon.detach(lambda: keep(machine, run), log=run.at("keeper.log"), keep=(lock,))
        os.close(lock)
    _wait_for_first_state(run)
    return {"run": run_state.describe(machine, run), "adopted": lock is None}


def check(request: Json) -> None:
    """Refuse what could never run, before anything is made on the host."""
    guard.wanted(table(request, "guard"))
    if ("argv" in request) == ("engine" in request):
        raise Problem("bad_request", "A launch needs either argv or engine, and not both.")
    if "engine" in request:
        own_engines.check(table(request, "engine"))
        return
    argv = texts(request, "argv")
    if not argv or not argv[0] or not any(PLACE in word for word in argv[1:]):
        raise Problem("bad_request", f"argv must be a command with the word {PLACE} in it.")


def _wait_for_first_state(run: run_dir.RunDir) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN
    while time.monotonic() < deadline and run.kept():
        begun = run.has("engine.json") and run.has("watched.json")
        if begun or run.has("refused.json") or run.has("exit.json"):
            return
        time.sleep(LOOK_EVERY)
