"""What a run has left behind: collect it, and clean it away."""

from __future__ import annotations

import uuid
from collections import deque
from typing import Deque, List

from drives.hosts.program import files, run_dir, run_state
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.progress import without_progress
from drives.hosts.program.run_dir import RunDir

MOST_STDOUT = 1024 * 1024
MOST_LOG = 256 * 1024
LEFT_OUT = "[lines left out]"


def collect(machine: Machine, request: Json) -> Json:
    """The outputs of a run, also while it works."""
    run = run_dir.asked_for(machine, request)
    stdout = _head(run, "stdout", MOST_STDOUT + 1)
    return {
        "run": run_state.describe(machine, run),
        "stdout": stdout[:MOST_STDOUT].decode("utf-8", "replace"),
        "stdout_truncated": len(stdout) > MOST_STDOUT,
        "log": _log(run),
        "result": run.read("result.json") or None,
    }


def clean(machine: Machine, request: Json) -> Json:
    """Remove a run that works no more. A run that is not there is clean."""
    run = run_dir.asked_for(machine, request)
    state = run_state.describe(machine, run)["state"]
    if state in run_state.AT_WORK:
        raise Problem("still_running", f"The run {run.run_id} still works. End it first.")
    if state != run_state.ABSENT:
        aside = f"{run.run_id}.{uuid.uuid4().hex}.old"
        files.move(run.runs, run.run_id, aside)
        files.remove(run.runs, aside)
    return {"run_id": run.run_id}


def _head(run: RunDir, name: str, most: int) -> bytes:
    try:
        with open(run.open(name), "rb") as stream:
            return stream.read(most)
    except FileNotFoundError:
        return b""


def _log(run: RunDir) -> str:
    """The beginning and the end of standard error, when it is too long as a whole."""
    head: List[str] = []
    tail: Deque[str] = deque()
    head_size = tail_size = 0
    left_out = False
    try:
        descriptor = run.open("stderr")
    except FileNotFoundError:
        return ""
    with open(descriptor, "rb") as stream:
        for line in without_progress(stream):
            line = line[: MOST_LOG // 4]
            if not tail and head_size + len(line) < MOST_LOG // 2:
                head.append(line)
                head_size += len(line) + 1
                continue
            tail.append(line)
            tail_size += len(line) + 1
            while tail_size > MOST_LOG // 2 - len(LEFT_OUT) - 2:
                tail_size -= len(tail.popleft()) + 1
                left_out = True
    lines = [*head, *([LEFT_OUT] if left_out else []), *tail]
    return "".join(f"{line}\n" for line in lines)
