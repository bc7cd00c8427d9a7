"""One JSON object in, one JSON object out."""

from __future__ import annotations

import errno
import json
import os
import sys
from importlib import import_module
from typing import Callable, Dict

from drives.hosts.program.fields import required_text
from drives.hosts.program.machine import Machine, this_machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.trusted import Untrusted

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# By name, so that a call loads only what it needs: that is most of what a call costs the host.
OPERATIONS: Dict[str, str] = {
    "hello": "hello.answer",
    "inventory": "inventory.answer",
    "smart": "smart.answer",
    "permit": "permits.answer",
    "launch": "launch.answer",
    "probe": "probe.answer",
    "signal": "signals.answer",
    "collect": "outputs.collect",
    "clean": "outputs.clean",
}


def main() -> None:
    os.umask(0o077)
    machine = this_machine()
    said = answer(machine, sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(dict(said, simulated=machine.simulated)) + "\n")


def answer(machine: Machine, text: bytes) -> Json:
    """Answer one request; a problem is an answer too."""
    try:
        request = _request(text)
        return dict(_operation(request)(machine, request), ok=True)
    except OSError as error:
        if error.errno in NO_ROOM:
            return _refused(Problem("host_full", f"The disk of the host is full: {error.filename} cannot be written."))
        return _refused(Problem("host_error", f"The host could not do this: {error}."))
    except Untrusted as error:
        return _refused(Problem("bad_base_dir", str(error)))
    except Problem as problem:
        return _refused(problem)


def _request(text: bytes) -> Json:
    try:
        request = json.loads(text.decode("utf-8"))
    except ValueError as error:
        raise Problem("bad_request", f"The request is not JSON: {error}.") from error
    if not isinstance(request, dict):
        raise Problem("bad_request", "The request must be a JSON object.")
    return request


def _operation(request: Json) -> Callable[[Machine, Json], Json]:
    name = required_text(request, "op")
    if name not in OPERATIONS:
        raise Problem("bad_request", f"This program knows no operation {name!r}.")
    module, function = OPERATIONS[name].split(".")
    found: Callable[[Machine, Json], Json] = getattr(import_module(f"drives.hosts.program.{module}"), function)
    return found


def _refused(problem: Problem) -> Json:
    return {"ok": False, "error": problem.as_json()}


if __name__ == "__main__":
    main()
