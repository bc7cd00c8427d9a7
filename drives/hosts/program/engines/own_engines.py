"""The program's own engines by name.

An engine ends with 0 when it did all it was asked for: its result says what it found. It ends with 1 when it could not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from drives.hosts.program.engines.workplace import Workplace
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.run_dir import RunDir

if TYPE_CHECKING:
    from drives.hosts.program.guard import Held

ENGINES = ("io_validate", "tail", "sample", "stamped")  # each a module of its own, loaded by those that need it


def check(options: Json) -> None:
    """Refuse options that no engine understands."""
    _engine(options.get("name")).options(options)


def run(machine: Machine, run: RunDir, held: Held, options: Json) -> int:
    """Do the work of an engine to its end; its exit code."""
    engine = _engine(options["name"])
    return int(engine.work(Workplace(run, held, simulated=machine.simulated), engine.options(options)))


def _engine(name: object) -> Any:
    if name not in ENGINES:
        raise Problem("bad_request", f"This program has no engine {name!r}.")
    return import_module(f"drives.hosts.program.engines.{name}")
