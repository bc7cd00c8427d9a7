"""Running other programs: words instead of a shell line, always with a time-out, always in English."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import Dict, Sequence

from drives.hosts.program import search_path
from drives.hosts.program.machine import Machine

ZONE = "TZ"


class ToolError(Exception):
    """A tool is missing, did not answer in time, or answered nonsense; the text is a sentence's middle."""


class ToolMissing(ToolError):
    """The host does not have this tool."""


@dataclass(frozen=True)
class Ran:
    """What a tool said."""

    exit_code: int
    out: str
    err: str


def environment(machine: Machine) -> Dict[str, str]:
    """What a tool finds in its environment. Simulated tools find all that the login has.

    Real ones find only its time zone, in which ps of FreeBSD tells when a process began. The rest could steer them
    (BLKID_FILE, LVM_SYSTEM_DIR), and under some sudo it is a user's.
    """
    ours = {"LC_ALL": "C", "LANGUAGE": "C", "PATH": os.pathsep.join(search_path.folders(machine))}
    if machine.simulated:
        return {**os.environ, **ours}
    return {**{name: os.environ[name] for name in (ZONE,) if name in os.environ}, "HOME": "/", **ours}


def find(machine: Machine, name: str, *, only_reads_files: bool = False) -> str:
    """The path of a tool (a name, or a path already), "" when the host has none.

    On a simulated host the tools of the real machine below it do not count: they would be told
    "/dev/sda" and take that for the real disk. Only tools that are given a prefixed path may be real.
    """
    folders = [""] if "/" in name else search_path.folders(machine)
    for folder in folders:
        path = os.path.join(folder, name)
        if not (os.path.isfile(path) and os.access(path, os.X_OK)):
            continue
        if machine.simulated and not only_reads_files and _of_the_real_system(path):
            continue
        if not machine.simulated and not search_path.may_be_run(path):
            continue
        return path
    return ""


def _of_the_real_system(path: str) -> bool:
    folders = {os.path.realpath(folder) for folder in search_path.MORE_PATH}
    places = {os.path.dirname(os.path.realpath(path)), os.path.realpath(os.path.dirname(path))}
    return bool(folders & places)


def run(machine: Machine, argv: Sequence[str], *, seconds: float, only_reads_files: bool = False) -> Ran:
    """Run a tool to its end and return what it said; raise ToolError when there is no answer."""
    path = find(machine, argv[0], only_reads_files=only_reads_files)
    if not path:
        raise ToolMissing(f"{argv[0]} is not installed{search_path.passed_over(machine, argv[0])}")
    try:
        child = subprocess.Popen(
            [path, *argv[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(machine),
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"{argv[0]} could not be started ({error.strerror})") from error
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        _abandon(child)
        raise ToolError(f"{argv[0]} gave no answer within {seconds:g} seconds") from error
    return Ran(child.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def _abandon(child: subprocess.Popen[bytes]) -> None:
    """Kill the tool without waiting for it: stuck in a dying drive it cannot even die."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    for stream in (child.stdout, child.stderr):
        if stream is not None:
            stream.close()
