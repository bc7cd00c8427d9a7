"""The state of a run, from what its directory and the process table say."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from drives.hosts.program import checkpoints, processes, watching
from drives.hosts.program.boot import boot_id
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json
from drives.hosts.program.processes import Process
from drives.hosts.program.run_dir import RunDir
from drives.hosts.program.trusted import Untrusted

ABSENT = "absent"
STARTING = "starting"
RUNNING = "running"
EXITED = "exited"
REFUSED = "refused"
LOST = "lost"
INTERRUPTED = "interrupted"
AT_WORK = (STARTING, RUNNING)
UNTRUSTED = "untrusted"  # why a run is refused whose directory is not ours, or not only ours
KNOWN = (
    *("exit_code", "signal", "keeper_alive", "keeper_pid", "pid", "paused", "stopped_by_request", "started_at"),
    *("finished_at", "boot_id", "device", "guard_checked", "progress", "checkpoint", "host_full"),
)
KILL_AFTER = 15.0  # seconds that an engine has to end by itself


def describe(machine: Machine, run: RunDir) -> Json:
    """Everything a caller may know about a run; of one whose directory is not ours only that, so that others answer."""
    try:
        return _described(machine, run)
    except Untrusted as error:
        reason = {"code": UNTRUSTED, "message": str(error)}
        said = {"run_id": run.run_id, "state": REFUSED, "guard_note": "", "output_bytes": 0, "reason": reason}
        return {**dict.fromkeys(KNOWN), **said}


def _described(machine: Machine, run: RunDir) -> Json:
    kept, engine, state = _state(machine, run)
    if state == RUNNING and not kept and engine is not None:
        _insist(run, engine)
    ended = run.read("exit.json") or run.read("refused.json")
    known, request = run.read("engine.json"), run.read("request.json")
    watched, device = run.read("watched.json") or ended, run.read("device.json")
    progress = watching.progress_of(run, kept=kept) if state not in (ABSENT, STARTING) else None
    if progress is not None and engine is not None and "position" in progress and not watching.own_engine(run):
        progress["position"] = watching.position(engine.pid, str(device.get("rdev", "")))
        if not kept:
            checkpoints.keep_for_orphan(run, progress, boot_id(machine))
    return {
        "run_id": run.run_id,
        "state": state,
        "exit_code": ended.get("exit_code"),
        "signal": ended.get("signal"),
        "keeper_alive": kept,
        "keeper_pid": run.read("keeper.json").get("pid"),
        "pid": known.get("pid"),
        "paused": engine is not None and engine.paused,
        "stopped_by_request": ended.get("stopped_by_request", run.terminate_asked),
        "started_at": known.get("started_at"),
        "finished_at": ended.get("finished_at"),
        "boot_id": request.get("boot_id"),
        "device": device or None,
        "guard_checked": watched.get("guard_checked"),
        "guard_note": watched.get("guard_note", ""),
        "progress": progress,
        "checkpoint": checkpoints.of(run),
        "output_bytes": run.size("stdout") + run.size("stderr"),
        "host_full": bool(ended.get("host_full")) if ended else state in AT_WORK and run.is_full,
        "reason": _reason(machine, run, state),
    }


def engine_of(run: RunDir) -> Process | None:
    """The living engine of a run."""
    known = run.read("engine.json")
    return processes.look_again(int(known.get("pid", 0)), str(known.get("started", "")))


def send(run: RunDir, number: signal.Signals) -> None:
    """Send a signal to the very engine that was started, and to its children."""
    engine = engine_of(run)
    if engine is not None:
        with suppress(ProcessLookupError):
            os.killpg(engine.pid, number)


def _state(machine: Machine, run: RunDir) -> tuple[bool, Process | None, str]:
    """Is it kept, its engine, and the state these make."""
    if not run.exists:
        return False, None, ABSENT
    # read before looking for the end: a run that ends in between is then seen as ended, not as lost
    kept = run.kept()
    same_boot = run.read("request.json").get("boot_id") == boot_id(machine)
    engine = engine_of(run) if same_boot else None
    if run.has("refused.json"):
        return kept, None, REFUSED
    if run.has("exit.json"):
        return kept, None, EXITED
    if engine is not None:
        return kept, engine, RUNNING
    if kept:
        return kept, None, RUNNING if run.has("engine.json") else STARTING
    return kept, None, INTERRUPTED if run.has("engine.json") else LOST


def _insist(run: RunDir, engine: Process) -> None:
    """With no keeper left, whoever looks ends the engine that was asked to end and has not."""
    asked = run.read("terminate.json").get("asked_at")
    if asked is None:
        return
    if engine.paused:
        send(run, signal.SIGCONT)
    if time.time() - float(asked) > KILL_AFTER:
        send(run, signal.SIGKILL)


def _reason(machine: Machine, run: RunDir, state: str) -> Json | None:
    if state == REFUSED:
        refused = run.read("refused.json")
        return {"code": refused.get("code"), "message": refused.get("message")}
    if state == EXITED:
        reason = run.read("exit.json").get("reason")
        return reason if isinstance(reason, dict) else None
    if state in (LOST, INTERRUPTED):
        return _lost(machine, run)
    return None


def _lost(machine: Machine, run: RunDir) -> Json:
    if run.read("request.json").get("boot_id") != boot_id(machine):
        return {"code": "rebooted", "message": "The host was restarted during the run."}
    if not run.has("engine.json"):
        message = "The run ended before its engine was started. Nothing was written."
        return {"code": "never_started", "message": message + _last_words(run)}
    message = "The engine and its keeper ended without leaving an exit code."
    return {"code": "vanished", "message": message + _last_words(run)}


def _last_words(run: RunDir) -> str:
    try:
        with open(run.open("keeper.log"), encoding="utf-8", errors="replace") as stream:
            lines = stream.read().strip().splitlines()
    except OSError:
        return ""
    return f" The keeper's last words: {lines[-1]}" if lines else ""
