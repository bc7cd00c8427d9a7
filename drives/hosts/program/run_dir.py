"""The directory of one run: everything the host remembers about it.

request.json    what was asked, and at which boot
keeper.lock     locked for as long as the run has a keeper (or one is being started)
keeper.json     the keeper's process
device.json     the guarded drive
engine.json     the engine's process, written by that process before it becomes the engine
watched.json    whether the engine was seen with the guarded drive open
progress.json   how far it is, and how far its output was read
checkpoint.json where it was, on the disk for certain, at most ten seconds old
terminate.json  a person asked it to stop
refused.json    why nothing was started
exit.json       how the engine ended
stdout, stderr, keeper.log, result.json
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

from drives.hosts.program import files
from drives.hosts.program.fields import required_text
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem
from drives.hosts.program.trusted import Folder, open_base

# Only root may look into it, and it outlives a reboot on Linux, TrueNAS SCALE and CORE (where /var is in memory).
DEFAULT_BASE = "/root/.burnin-bench"
TRY_AGAIN_AFTER = 5.0
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class RunDir:
    """The directory of one run, which may not exist (yet, or any more).

    `runs` is the open folder of all runs. Each access opens the run's own anew, since it may be cleaned away meanwhile.
    What is not ours raises Untrusted.
    """

    run_id: str
    runs: Folder
    name: str = ""

    @property
    def path(self) -> str:
        """Where it is, for a sentence; nothing is opened by it."""
        return f"{self.runs.path}/{self._name}"

    @property
    def _name(self) -> str:
        return self.name or self.run_id

    def folder(self) -> Folder:
        """Its open folder; raise FileNotFoundError."""
        return self.runs.below(self._name)

    def open(self, name: str, flags: int = os.O_RDONLY) -> int:
        """The descriptor of one of the run's files."""
        with self.folder() as folder:
            return folder.open(name, flags)

    def read(self, name: str) -> Json:
        """One of the run's files, empty when it is not there."""
        try:
            with self.folder() as folder:
                return files.read_json(folder, name) or {}
        except FileNotFoundError:
            return {}

    def write(self, name: str, value: Json, *, durable: bool = False) -> None:
        with self.folder() as folder:
            files.write_json(folder, name, value, durable=durable)

    def write_at_last(self, name: str, value: Json) -> None:
        """Write how it ended, however long the disk of the host stays full."""
        while True:
            try:
                return self.write(name, value, durable=True)
            except FileNotFoundError:
                raise  # the run's directory was removed: nobody wants to know any more
            except OSError as error:
                with suppress(OSError):
                    sys.stderr.write(f"{name} cannot be written yet: {error.strerror}\n")
                    sys.stderr.flush()
            time.sleep(TRY_AGAIN_AFTER)

    @property
    def exists(self) -> bool:
        try:
            with self.folder():
                return True
        except FileNotFoundError:
            return False

    def has(self, name: str) -> bool:
        try:
            with self.folder() as folder:
                return files.has(folder, name)
        except FileNotFoundError:
            return False

    def size(self, name: str) -> int:
        """How many bytes one of the run's files has, 0 when it is not there."""
        try:
            descriptor = self.open(name)
        except OSError:
            return 0
        try:
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    @property
    def is_full(self) -> bool:
        """Is there no room left for what the run writes down?"""
        return files.is_full(self.runs.descriptor)

    @property
    def terminate_asked(self) -> bool:
        return self.has("terminate.json")

    def kept(self) -> bool:
        """Does a keeper live? Its lock is let go by the kernel, however it dies."""
        try:
            descriptor = self.open("keeper.lock")
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False


def run_dir(runs: Folder, run_id: str) -> RunDir:
    return RunDir(checked(run_id), runs)


def checked(run_id: str) -> str:
    """The name of a run; raise Problem when it cannot be one."""
    if not RUN_ID.fullmatch(run_id):
        raise Problem("bad_request", f"{run_id!r} cannot be the name of a run.")
    return run_id


def prepare(run: RunDir, name: str, value: Json) -> int | None:
    """Make the run's directory with this file in it, in one step; None when it is already there.

    The answer is the open, locked lock file: the run counts as kept until its last copy is closed.
    """
    fresh = RunDir(run.run_id, run.runs, f"{run.run_id}.{uuid.uuid4().hex}.new")
    with run.runs.below(fresh.name, make=True) as folder:
        try:
            files.write_json(folder, name, value, durable=True)
            lock = folder.open("keeper.lock", os.O_RDWR | os.O_CREAT | os.O_EXCL)
        except OSError:
            files.remove(run.runs, fresh.name)
            raise
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        # a rename onto a directory that is not empty fails: of two launches, one wins
        files.move(run.runs, fresh.name, run.run_id)
    except OSError as error:
        os.close(lock)
        files.remove(run.runs, fresh.name)
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return None
        raise
    return lock


def base_folder(machine: Machine, request: Json) -> Folder:
    """The program's own folder on the host, made when it is missing; raise Untrusted when others have a hand in it."""
    wanted = request.get("base_dir", DEFAULT_BASE)
    if not isinstance(wanted, str) or not wanted.startswith("/") or {"", ".", ".."} & set(wanted[1:].split("/")):
        raise Problem("bad_request", "The base directory must be an absolute path.")
    return open_base(wanted, machine.root if machine.simulated else "", make=True)


def runs_folder(machine: Machine, request: Json) -> Folder:
    """The folder of all runs."""
    with base_folder(machine, request) as base:
        return base.below("runs", make=True)


def asked_for(machine: Machine, request: Json) -> RunDir:
    """The run that a request is about."""
    return run_dir(runs_folder(machine, request), required_text(request, "run_id"))
