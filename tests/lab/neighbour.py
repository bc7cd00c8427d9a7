"""Somebody else who has an account on the host, no rights there, and a Python of the system."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
PYTHON = "/usr/bin/python3"


def act(script: str, *words: str, timeout_s: float = 60) -> str:
    """Run a Python script as this user to its end; what it printed."""
    done = subprocess.run(
        _command(script, words),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
    )
    if done.returncode:
        raise RuntimeError(f"The neighbour's script failed: {done.stderr}")
    return done.stdout


@contextmanager
def acting(script: str, *words: str) -> Iterator[None]:
    """Have such a script run meanwhile, again and again."""
    child = subprocess.Popen(
        _command(f"while True:\n{_indented(script)}", words), user=NOBODY, group=NOBODY, extra_groups=[], cwd="/"
    )
    try:
        yield
        assert child.poll() is None, "the neighbour went on to the end"
    finally:
        child.kill()
        child.wait()


def owns(path: Path) -> bool:
    """Say whether this is theirs."""
    return path.lstat().st_uid == NOBODY


def _command(script: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return (PYTHON, "-I", "-c", script, *words)


def _indented(script: str) -> str:
    return "".join(f"    {line}\n" for line in script.splitlines())
