"""The program's own engines by name.

An engine ends with 0 when it did all it was asked for: its result says what it found. It ends with 1 when it could not.
"""

from __future__ import annotations

from drives.hosts.program.engines import io_validate, sample, stamped, tail
from drives.hosts.program.engines.workplace import Workplace
from drives.hosts.program.guard import Held
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.run_dir import RunDir

IO_VALIDATE = "io_validate"
TAIL = "tail"
SAMPLE = "sample"
STAMPED = "stamped"


def check(options: Json) -> None:
    """Refuse options that no engine understands."""
    name = options.get("name")
    if name == IO_VALIDATE:
        io_validate.options(options)
    elif name == TAIL:
        tail.options(options)
    elif name == SAMPLE:
        sample.options(options)
    elif name == STAMPED:
        stamped.options(options)
    else:
        raise Problem("bad_request", f"This program has no engine {name!r}.")


def run(machine: Machine, run: RunDir, held: Held, options: Json) -> int:
    """Do the work of an engine to its end; its exit code."""
    place = Workplace(run, held, simulated=machine.simulated)
    if options["name"] == IO_VALIDATE:
        return io_validate.work(place, io_validate.options(options))
    if options["name"] == SAMPLE:
        return sample.work(place, sample.options(options))
    if options["name"] == STAMPED:
        return stamped.work(place, stamped.options(options))
    return tail.work(place, tail.options(options))
