"""What a run has left behind: collect it, and clean it away."""

from __future__ import annotations

import os
import shutil
import uuid
from collections import deque
from typing import Deque, List

from drives.hosts.program import files, run_dir, run_state
from drives.hosts.program.fields import required_text
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.progress import without_progress
from drives.hosts.program.run_dir import RunDir

MOST_STDOUT = 1024 * 1024
MOST_LOG = 256 * 1024
LEFT_OUT = "[lines left out]"


def collect(machine: Machine, request: Json) -> Json:
    """The outputs of a run, also while it works."""
    run = run_dir.run_dir(run_dir.base_dir(machine, request), required_text(request, "run_id"))
    stdout = _head(run.at("stdout"), MOST_STDOUT + 1)
    return {
        "run": run_state.describe(machine, run),
        "stdout": stdout[:MOST_STDOUT].decode("utf-8", "replace"),
        "stdout_truncated": len(stdout) > MOST_STDOUT,
        "log": _log(run),
        "result": files.read_json(run.at("result.json")),
    }


def clean(machine: Machine, request: Json) -> Json:
    """Remove a run that works no more. A run that is not there is clean."""
    run = run_dir.run_dir(run_dir.base_dir(machine, request), required_text(request, "run_id"))
    state = run_state.describe(machine, run)["state"]
    if state in run_state.AT_WORK:
        raise Problem("still_running", f"The run {run.run_id} still works. End it first.")
    if state != run_state.ABSENT:
        aside = f"{run.path}.{uuid.uuid4().hex}.old"
        os.rename(run.path, aside)
        shutil.rmtree(aside)
    return {"run_id": run.run_id}


def _head(path: str, most: int) -> bytes:
    try:
        with open(path, "rb") as stream:
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
        stream = open(run.at("stderr"), "rb")  # noqa: SIM115 - closed by the with below
    except FileNotFoundError:
        return ""
    with stream:
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
