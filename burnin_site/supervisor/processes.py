"""Processes as the kernel shows them. A process is a pid *and* its start time: pids are used again."""

import contextlib
import ctypes
import os
import select
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import NamedTuple

PR_SET_CHILD_SUBREAPER = 36
PROC = Path("/proc")


class Process(NamedTuple):
    """One process, known by pid and start time (clock ticks since boot)."""

    pid: int
    started: int

    def is_alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        return find(self.pid) == self

    def send(self, number: int) -> None:
        """Send a signal to this very process, never to a later one with the same pid."""
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(self.pid)
            try:
                if self.is_alive():
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)

    def wait(self, *, timeout_s: float) -> bool:
        """Wait for its end; return whether it came in time."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return True
        try:
            return not self.is_alive() or bool(select.select([handle], [], [], timeout_s)[0])
        finally:
            os.close(handle)


class Sight(NamedTuple):
    """What the kernel shows of a process at one moment."""

    process: Process
    state: str
    parent: int
    group: int


def _look(pid: int) -> Sight | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    words = text[text.rindex(")") + 2 :].split()  # the name before it may hold anything
    return Sight(Process(pid, int(words[19])), words[0], int(words[1]), int(words[2]))


def _look_around() -> list[Sight]:
    pids = (int(entry) for entry in os.listdir(PROC) if entry.isdecimal())  # noqa: PTH208  names only, and often
    return [sight for pid in pids if (sight := _look(pid))]


def _living() -> list[Sight]:
    return [sight for sight in _look_around() if sight.state not in "ZX"]


def find(pid: int) -> Process | None:
    """Return the living process with this pid, or None."""
    sight = _look(pid)
    return sight.process if sight and sight.state not in "ZX" else None


def boot_id() -> str:
    """Return the id of this boot of the machine: start times of another boot mean nothing."""
    return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def descendants(pid: int, *, depth: int = 1000) -> list[Process]:
    """Return the living children of a process, their children, and so on, parents first, oldest first."""
    children: dict[int, list[Process]] = {}
    for sight in _living():
        children.setdefault(sight.parent, []).append(sight.process)
    found: list[Process] = []
    level = [pid]
    for _ in range(depth):
        young = [kid for parent in level for kid in sorted(children.get(parent, []), key=_age)]
        if not young:
            break
        found += young
        level = [kid.pid for kid in young]
    return found


def _age(process: Process) -> tuple[int, int]:
    return process.started, process.pid


def group_members(group: int) -> list[Process]:
    """Return the living processes of a process group."""
    return [sight.process for sight in _living() if sight.group == group]


def with_environment(entry: str) -> list[Process]:
    """Return the living processes that were started with this NAME=value in their environment."""
    wanted = entry.encode()
    return [sight.process for sight in _living() if wanted in _environment(sight.process.pid)]


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def adopt_orphans() -> None:
    """Make every orphan among the descendants a child of this process, so that none gets out of sight."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(*, keep: Iterable[int]) -> None:
    """Collect ended children that nobody else waits for; `keep` are the pids that somebody does wait for."""
    me, owned = os.getpid(), set(keep)
    for sight in _look_around():
        if sight.state == "Z" and sight.parent == me and sight.process.pid not in owned:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(sight.process.pid, os.WNOHANG)


def kill_all(look: Callable[[], Iterable[Process]], *, timeout_s: float = 5.0) -> list[Process]:
    """Kill what `look` returns until it returns nothing; return what would not die in time.

    Once is not enough: a process may fork between the look and the kill.
    """
    end = monotonic() + timeout_s
    while found := list(look()):
        if monotonic() > end:
            return found
        for process in found:
            process.send(signal.SIGKILL)
        for process in found:
            process.wait(timeout_s=0.5)
    return []
