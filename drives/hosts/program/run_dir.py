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
import shutil
import stat
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

from drives.hosts.program import files
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json, Problem

DEFAULT_BASE = os.path.join("/var", "tmp", "burnin-bench")
TRY_AGAIN_AFTER = 5.0
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class RunDir:
    """The directory of one run, which may not exist (yet, or any more)."""

    run_id: str
    path: str

    def at(self, name: str) -> str:
        return os.path.join(self.path, name)

    def read(self, name: str) -> Json:
        """One of the run's files, empty when it is not there."""
        return files.read_json(self.at(name)) or {}

    def write(self, name: str, value: Json, *, durable: bool = False) -> None:
        files.write_json(self.at(name), value, durable=durable)

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
        return os.path.isdir(self.path)

    def has(self, name: str) -> bool:
        return os.path.exists(self.at(name))

    @property
    def terminate_asked(self) -> bool:
        return self.has("terminate.json")

    def kept(self) -> bool:
        """Does a keeper live? Its lock is let go by the kernel, however it dies."""
        try:
            descriptor = os.open(self.at("keeper.lock"), os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False


def run_dir(base: str, run_id: str) -> RunDir:
    if not RUN_ID.fullmatch(run_id):
        raise Problem("bad_request", f"{run_id!r} cannot be the name of a run.")
    return RunDir(run_id, os.path.join(base, "runs", run_id))


def prepare(run: RunDir, name: str, value: Json) -> int | None:
    """Make the run's directory with this file in it, in one step; None when it is already there.

    The answer is the open, locked lock file: the run counts as kept until its last copy is closed.
    """
    fresh = RunDir(run.run_id, f"{run.path}.{uuid.uuid4().hex}.new")
    os.mkdir(fresh.path, 0o700)
    try:
        fresh.write(name, value, durable=True)
    except OSError:
        shutil.rmtree(fresh.path, ignore_errors=True)
        raise
    lock = os.open(fresh.at("keeper.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        # a rename onto a directory that is not empty fails: of two launches, one wins
        os.rename(fresh.path, run.path)
    except OSError as error:
        os.close(lock)
        shutil.rmtree(fresh.path)
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return None
        raise
    return lock


def base_dir(machine: Machine, request: Json) -> str:
    """The program's own directory on the host, made when it is missing; nobody else may write to it."""
    wanted = request.get("base_dir", DEFAULT_BASE)
    if not isinstance(wanted, str) or not wanted.startswith("/") or ".." in wanted.split("/"):
        raise Problem("bad_request", "The base directory must be an absolute path.")
    path = machine.at(wanted.rstrip("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    own_folder(path)
    own_folder(os.path.join(path, "runs"))
    return path


def own_folder(path: str) -> str:
    """Make a folder that only we may write to, or find that it is one; its path."""
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass
    except OSError as error:
        message = f"The directory {path} cannot be made: {error.strerror}."
        raise Problem("bad_base_dir", message) from error
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode):
        raise Problem("bad_base_dir", f"{path} is not a directory.")
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise Problem(
            "bad_base_dir",
            f"{path} belongs to somebody else, or others may write to it. Remove it, or choose another base directory.",
        )
    return path
