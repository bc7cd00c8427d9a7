"""Starting the engine of a run: a foreign command such as badblocks, or an engine of the program itself."""

from __future__ import annotations

import os
import sys
import time
from typing import List

from drives.hosts.program import daemon, processes, search_path, tools
from drives.hosts.program.engines import own_engines
from drives.hosts.program.files import APPEND
from drives.hosts.program.guard import Held
from drives.hosts.program.launch_request import PLACE
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.run_dir import RunDir

CANNOT_START = 126
PLAYED = ("stamped",)


def start(machine: Machine, run: RunDir, held: Held, request: Json) -> int:
    """Start the engine, holding the drive, and return its process number."""
    own = request.get("engine")
    if isinstance(own, dict):
        played = simulation_of(machine, str(own.get("name")))
        if played:
            return daemon.become(lambda: _foreign(machine, run, held, [played, held.disk.path, run.path]))
        return daemon.become(lambda: _own(machine, run, held, own))
    argv = command(machine, held, list(request["argv"]))
    return daemon.become(lambda: _foreign(machine, run, held, argv))


def simulation_of(machine: Machine, name: str) -> str:
    """The simulated tool that plays this engine, "" when there is none: simulated drives cannot hold what is written.

    It gets the drive's name and the run's directory, reads the engine's options in request.json there, and leaves
    progress.json and result.json as the engine would.
    """
    if not machine.simulated or name not in PLAYED:
        return ""
    return tools.find(machine, f"burnin-{name}")


def command(machine: Machine, held: Held, argv: List[str]) -> List[str]:
    """The words to execute: the program by its full path, the guarded node in place of {device}."""
    path = tools.find(machine, argv[0])
    if not path:
        passed_over = search_path.passed_over(machine, argv[0])
        where = "the simulated tools of this host" if machine.simulated else "this host"
        raise Problem("engine_missing", f"{argv[0]} was not found on {where}{passed_over}. Install it.")
    return [path, *(word.replace(PLACE, held.disk.path) for word in argv[1:])]


def _foreign(machine: Machine, run: RunDir, held: Held, argv: List[str]) -> None:
    _announce(run, held)
    os.set_inheritable(held.descriptor, True)  # noqa: FBT003 - its only spelling
    try:
        os.execve(argv[0], argv, tools.environment(machine))  # noqa: S606 - words, no shell
    except OSError as error:
        sys.stderr.write(f"{argv[0]} could not be started: {error.strerror}\n")
        sys.exit(CANNOT_START)


def _own(machine: Machine, run: RunDir, held: Held, options: Json) -> None:
    _announce(run, held)
    sys.exit(own_engines.run(machine, run, held, options))


def _announce(run: RunDir, held: Held) -> None:
    """Write down who the engine is before it is one, so that no crash can leave an unknown writer."""
    daemon.redirect(run.open("stdout", APPEND), run.open("stderr", APPEND))
    # above all the keeper's lock: held by the engine, it would make a dead keeper look alive
    daemon.close_others((held.descriptor, run.runs.descriptor))
    me = processes.look(os.getpid())
    if me is None:
        raise OSError("The process table could not be read.")
    run.write("engine.json", {"pid": me.pid, "started": me.started, "started_at": time.time()})
