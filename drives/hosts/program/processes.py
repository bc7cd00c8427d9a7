"""Processes, known by their number and the moment they started. Always the real ones, also on a simulated host."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Iterator, Tuple

from drives.hosts.program import tools
from drives.hosts.program.machine import Machine

PS_SECONDS = 10


@dataclass(frozen=True)
class Process:
    """One process that lives now."""

    pid: int
    started: str
    state: str
    session: int

    @property
    def paused(self) -> bool:
        return self.state in ("T", "t")


def look(pid: int) -> Process | None:
    """The living process of that number; a zombie does not live."""
    found = _from_ps(pid) if sys.platform.startswith("freebsd") else _from_proc(pid)
    return None if found is None or found.state in ("Z", "X") else found


def look_again(pid: int, started: str) -> Process | None:
    """The very process that was seen earlier: the same number and the same start."""
    found = look(pid) if pid > 0 else None
    return found if found is not None and found.started == started else None


def parse_stat(text: str) -> Process:
    """Read one line of /proc/PID/stat; the name in it may hold spaces and parentheses."""
    head, _, rest = text.rpartition(")")
    words = rest.split()
    return Process(int(head.split()[0]), words[19], words[0], int(words[3]))


def parse_ps(pid: int, text: str) -> Process | None:
    """Read `ps -o state=,sid=,lstart=` of FreeBSD."""
    words = text.split(None, 2)
    if len(words) < 3:
        return None
    return Process(pid, words[2].strip(), words[0][:1], int(words[1]))


def in_session(session: int) -> Iterator[int]:
    """The processes of one session (an engine and its children)."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        found = _from_proc(int(name))
        if found is not None and found.session == session:
            yield found.pid


def open_files(pid: int) -> Iterator[Tuple[int, os.stat_result]]:
    """Each descriptor of a process with what it points at."""
    folder = f"/proc/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            yield int(name), os.stat(os.path.join(folder, name))
        except OSError:
            continue


def position(pid: int, descriptor: int) -> int | None:
    """How far into a file a process has come."""
    try:
        with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="ascii") as stream:
            return int(stream.readline().split()[1])
    except (OSError, ValueError, IndexError):
        return None


def _from_proc(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            return parse_stat(stream.read())
    except (OSError, ValueError, IndexError):
        return None


def _from_ps(pid: int) -> Process | None:
    argv = ("ps", "-o", "state=,sid=,lstart=", "-p", str(pid))
    environment = tools.environment(Machine())
    try:
        answer = subprocess.run(argv, capture_output=True, timeout=PS_SECONDS, env=environment, check=False)
        return parse_ps(pid, answer.stdout.decode("utf-8", "replace"))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
