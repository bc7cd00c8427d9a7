"""The keeper of a run: guards the drive, starts the engine, watches it, and writes down how it ended."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from drives.hosts.program import engine_process, gone, guard, opening, processes, wanted, watching
from drives.hosts.program.boot import boot_id
from drives.hosts.program.checkpoints import Checkpoints
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.reason import Reason
from drives.hosts.program.run_dir import RunDir
from drives.hosts.program.watch import Watch

LOOK_EVERY = 1.0
MOST_OUTPUT = 128 * 1024 * 1024
MOST_PROGRESS = 1024 * 1024 * 1024  # a month of badblocks' own progress is a quarter of this


def keep(machine: Machine, run: RunDir) -> None:
    """The whole life of a run, from its request to its exit code."""
    me = processes.look(os.getpid())
    run.write("keeper.json", {"pid": os.getpid(), "started": me.started if me else ""})
    try:
        watch = begin(machine, run, run.read("request.json"))
    except Problem as problem:
        run.write_at_last("refused.json", dict(problem.as_json(), finished_at=time.time()))
        return
    run.write_at_last("exit.json", follow(watch))


def begin(machine: Machine, run: RunDir, request: Json) -> Watch:
    """Guard, hold, start. Up to the start nothing has been written to the drive."""
    held = guard.hold(machine, wanted.read(request["guard"]))
    run.write("device.json", held.as_json())
    if run.terminate_asked:
        raise Problem("cancelled", "The run was ended before it began. Nothing was written.")
    guard.check_path(machine, held)
    pid = engine_process.start(machine, run, held, request)
    checkpoints = Checkpoints(run, boot_id(machine))
    return Watch(machine, run, held, pid, own_engine="engine" in request, checkpoints=checkpoints)


def follow(watch: Watch) -> Json:
    """Watch the engine to its end; how it ended."""
    ended = opening.check(watch)
    while ended is None:
        look(watch)
        ended = watch.wait(LOOK_EVERY)
    _look_for_the_drive(watch)
    watch.note_room()
    watch.checkpoints.keep()
    _read_progress(watch)
    return ending(watch, ended)


def look(watch: Watch) -> None:
    """One look at the engine: its progress, its output, its drive, and what people asked for."""
    watch.note_room()
    _read_progress(watch)
    if not watch.own_engine:
        watch.checkpoints.note(watch.parser.as_json(), watch.pid, watch.held.disk.number)
    watch.store_note()
    if watch.ending_since is not None or watch.run.terminate_asked:
        watch.end()
    elif _too_much_output(watch):
        message = "The engine wrote more than 128 MiB of output and was ended."
        watch.end(Reason("output_limit", message))
    elif gone.is_gone(watch.machine, watch.held.disk):
        watch.end(_went_away(watch))


def ending(watch: Watch, status: int) -> Json:
    signalled = os.WIFSIGNALED(status)
    return {
        "exit_code": None if signalled else os.WEXITSTATUS(status),
        "signal": os.WTERMSIG(status) if signalled else None,
        "stopped_by_request": watch.run.terminate_asked,
        "finished_at": time.time(),
        "reason": watch.reason.as_json() if watch.reason else None,
        "host_full": watch.was_full,
        **watch.seen,
    }


def _look_for_the_drive(watch: Watch) -> None:
    """badblocks gives up on a dead drive sooner than we look at it; one that is back by now has another name.

    Its old name is not given away while we hold it. Our own engines tell by themselves.
    """
    if not watch.own_engine and watch.ending_since is None and gone.is_gone(watch.machine, watch.held.disk):
        watch.reason = _went_away(watch)


def _went_away(watch: Watch) -> Reason:
    return Reason("device_gone", f"{watch.held.disk.path} went away while the engine was working on it.")


def _read_progress(watch: Watch) -> None:
    if not watch.own_engine and watching.read_on(watch.run, watch.parser):
        with suppress(OSError):  # a full disk must not end the run: the next look tries again
            watching.store(watch.run, watch.parser)


def _too_much_output(watch: Watch) -> bool:
    out, err = watch.run.size("stdout"), watch.run.size("stderr")
    said = err if watch.own_engine else watch.parser.log_bytes
    return out + said > MOST_OUTPUT or err > MOST_PROGRESS
