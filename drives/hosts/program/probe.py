"""How all runs of this host are, in one answer."""

from __future__ import annotations

import time

from drives.hosts.program import inventory, run_dir, run_state, smart
from drives.hosts.program.boot import boot_id
from drives.hosts.program.fields import flag, tables, texts
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json


def answer(machine: Machine, request: Json) -> Json:
    """The state of each run asked for; and, in the same trip, what the request names besides."""
    base = run_dir.base_dir(machine, request)
    answered: Json = {
        "boot_id": boot_id(machine),
        "runs": {
            run_id: run_state.describe(machine, run_dir.run_dir(base, run_id)) for run_id in texts(request, "runs")
        },
    }
    if "smart" in request:
        answered["smart"] = smart.answer_all(machine, tables(request, "smart"))
    if "temperatures" in request:
        answered["temperatures"] = smart.temperatures(machine, tables(request, "temperatures"))
    if flag(request, "inventory"):
        answered["inventory"] = inventory.answer(machine, {})
    return dict(answered, now=time.time())
