"""Where the tools of a host are looked for: in no folder, and as no file, that anybody but root may write."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Sequence, Tuple

from drives.hosts.program import trusted
from drives.hosts.program.machine import Machine

# A login over SSH often leaves these out; they come last, so that they never hide what the host prefers.
MORE_PATH = (
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/run/current-system/sw/bin",  # NixOS
)


def folders(machine: Machine) -> Sequence[str]:
    """The folders of PATH, and what it often lacks.

    On a real host these are the folders themselves: a link to one could lead elsewhere between the look and the start.
    """
    given = os.environ.get("PATH", "").split(os.pathsep)
    if machine.simulated:
        return tuple(dict.fromkeys([entry for entry in given if entry] + list(MORE_PATH)))
    return _safe(tuple(given))


def may_be_run(path: str) -> bool:
    """Is this a program that nobody but root (or we) can have written?"""
    return trusted.is_of_root(os.stat(path))


def passed_over(machine: Machine, name: str) -> str:
    """Where a tool is that was not found because others may write there, for the end of a sentence; else ""."""
    for folder in () if machine.simulated else os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if folder and os.path.isfile(path):
            return f" ({path} does not count: others may write to it or to a folder above it)"
    return ""


@lru_cache(maxsize=None)
def _safe(given: Tuple[str, ...]) -> Sequence[str]:
    wanted = [os.path.realpath(entry) for entry in (*given, *MORE_PATH) if entry.startswith("/")]
    return tuple(entry for entry in dict.fromkeys(wanted) if _is_closed(entry))


def _is_closed(folder: str) -> bool:
    try:
        descriptor = trusted.walk(folder)
    except (OSError, trusted.Untrusted):
        return False
    try:
        return trusted.is_of_root(os.fstat(descriptor))
    finally:
        os.close(descriptor)
