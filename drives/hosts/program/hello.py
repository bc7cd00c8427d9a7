"""What this host is, and what it can do."""

from __future__ import annotations

import os
import platform
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Tuple

from drives.hosts.program import VERSION, tools
from drives.hosts.program.boot import boot_id
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json

SECONDS = 10
# badblocks has no word for its version; the programs of its package have
ASKED: Tuple[Tuple[str, Tuple[str, ...]], ...] = (
    ("smartctl", ("smartctl", "--version")),
    ("badblocks", ("dumpe2fs", "-V")),
    ("fio", ("fio", "--version")),
    ("lsblk", ("lsblk", "--version")),
    ("zpool", ("zpool", "version")),
)


def answer(machine: Machine, request: Json) -> Json:
    """Introduce the host."""
    del request
    with ThreadPoolExecutor(max_workers=len(ASKED)) as pool:
        found = list(pool.map(lambda asked: _tool(machine, *asked), ASKED))
    return {
        "program": VERSION,
        "python": platform.python_version(),
        "system": machine.system,
        "release": platform.release(),
        "hostname": machine.read_or("/etc/hostname") if machine.simulated else platform.node(),
        "boot_id": boot_id(machine),
        "now": time.time(),
        "root": machine.simulated or os.geteuid() == 0,
        "tools": {asked[0]: found[index] for index, asked in enumerate(ASKED)},
    }


def _tool(machine: Machine, name: str, argv: Tuple[str, ...]) -> Json | None:
    path = tools.find(machine, name)
    if not path:
        return None
    try:
        ran = tools.run(machine, argv, seconds=SECONDS)
    except tools.ToolError:
        return {"path": path, "version": ""}
    return {"path": path, "version": version_in(ran.out or ran.err)}


def version_in(text: str) -> str:
    """The first thing that looks like a version number."""
    match = re.search(r"\d+\.\d+(?:[.\-]?[0-9a-z]+)*", text)
    return match.group(0) if match else ""
