"""How all runs of this host are, in one answer."""

from __future__ import annotations

import time
from typing import Dict, List

from drives.hosts.program import run_dir, run_state
from drives.hosts.program.boot import boot_id
from drives.hosts.program.fields import flag, tables, texts, whole
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.run_dir import RunDir

LONGEST_WAIT_MS = 5000
LOOK_EVERY = 0.05


def answer(machine: Machine, request: Json) -> Json:
    """The state of each run asked for; and, in the same trip, what the request names besides."""
    folder = run_dir.runs_folder(machine, request)
    runs = [run_dir.run_dir(folder, run_id) for run_id in texts(request, "runs")]
    answered: Json = {"boot_id": boot_id(machine), "runs": _described(machine, runs, whole(request, "wait_ms", 0))}
    if any(name in request for name in ("smart", "temperatures", "inventory")):
        answered.update(_of_drives(machine, request))
    return dict(answered, now=time.time())


def _of_drives(machine: Machine, request: Json) -> Json:
    from drives.hosts.program import inventory, smart  # noqa: PLC0415 - most calls need neither, and loading them takes longer

    answered: Json = {}
    if "smart" in request:
        answered["smart"] = smart.answer_all(machine, tables(request, "smart"))
    if "temperatures" in request:
        answered["temperatures"] = smart.temperatures(machine, tables(request, "temperatures"))
    if flag(request, "inventory"):
        answered["inventory"] = inventory.answer(machine, {})
    return answered


def _described(machine: Machine, runs: List[RunDir], wait_ms: int) -> Dict[str, Json]:
    """The state of each run: at once when one is over, else as soon as one is, at the latest after that time.

    The caller learns of an end within a twentieth of a second and yet asks seldom.
    """
    if not 0 <= wait_ms <= LONGEST_WAIT_MS:
        raise Problem("bad_request", "A probe can wait 0 to 5000 ms.")
    described = {run.run_id: run_state.describe(machine, run) for run in runs}
    deadline = time.monotonic() + wait_ms / 1000
    at_work = bool(runs) and all(run["state"] in run_state.AT_WORK for run in described.values())
    if not wait_ms or not at_work:
        return described
    while time.monotonic() < deadline and not any(map(_may_be_over, runs)):
        time.sleep(LOOK_EVERY)
    return {run.run_id: run_state.describe(machine, run) for run in runs}


def _may_be_over(run: RunDir) -> bool:
    return run.has("exit.json") or run.has("refused.json") or not run.kept()
