"""The processes of the pretend host: started, adopted, buried, and all gone when the power goes."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from mock_truenas.world.place import Place

PR_SET_CHILD_SUBREAPER = 36
MARK = "MOCK_TRUENAS_WORLD"
REAP_EVERY_S = 0.5
POWER_OFF_S = 1.5
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
PROC = Path("/proc")


class Processes:
    """Starts commands and keeps the process table clean.

    What a command leaves behind re-parents to this program, as to init on a real host. Those
    orphans are reaped here; the commands themselves are waited for by whoever started them, so
    starting and reaping exclude each other.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._own: set[int] = set()
        self._lock = threading.Lock()
        self._off = threading.Event()

    def adopt_orphans(self) -> None:
        """Become the parent of every orphan of this host (Linux only)."""
        if sys.platform == "linux":
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        threading.Thread(target=self._bury, name="reaper", daemon=True).start()

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Run a command line on the host, in a session of its own, with pipes."""
        home = self._place.root / "root"
        with self._lock:
            if self._off.is_set():
                raise OSError("The pretend host is switched off.")
            process = subprocess.Popen(
                ("/bin/sh", "-c", command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=home,
                env=self._environment(home),
                start_new_session=True,
                bufsize=0,
            )
            self._own.add(process.pid)
        return process

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for a command and give its exit code, 128 + n when signal n ended it."""
        code = process.wait()
        with self._lock:
            self._own.discard(process.pid)
        return code if code >= 0 else 128 - code

    def power_off(self) -> None:
        """Kill every process of the host, at once and without a word, as a power cut does."""
        with self._lock:
            self._off.set()
        self.kill_all()

    def kill_all(self) -> None:
        """Kill every process that lives on the host."""
        deadline = time.monotonic() + POWER_OFF_S
        while time.monotonic() < deadline:
            living = living_on(world_id=self._place.choices["world_id"], parent=os.getpid())
            if not living:
                return
            for pid in living:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._reap()
            time.sleep(0.01)

    def _environment(self, home: Path) -> dict[str, str]:
        return {
            "PATH": f"{self._place.bin}:{SYSTEM_PATH}",
            "HOME": str(home),
            "USER": "root",
            "LOGNAME": "root",
            "SHELL": "/bin/sh",
            "LANG": "C.UTF-8",
            "BURNIN_HOST_ROOT": str(self._place.root),
            MARK: self._place.choices["world_id"],
        }

    def _bury(self) -> None:
        while not self._off.wait(REAP_EVERY_S):
            self._reap()

    def _reap(self) -> None:
        with self._lock:
            for pid in _children(os.getpid()):
                if pid not in self._own:
                    with contextlib.suppress(ChildProcessError):
                        os.waitpid(pid, os.WNOHANG)


def living_on(*, world_id: str, parent: int | None = None) -> list[int]:
    """Give the living processes that carry the world's mark, or descend from the parent."""
    mark = f"{MARK}={world_id}".encode()
    table = _parents()
    family = {parent} if parent else set()
    grown = True
    while grown:
        more = {pid for pid, (mother, _) in table.items() if mother in family} - family
        family |= more
        grown = bool(more)
    myself = os.getpid()
    return [
        pid
        for pid, (_, state) in table.items()
        if pid != myself and state not in "ZX" and (pid in family or _is_marked(pid, mark))
    ]


def _is_marked(pid: int, mark: bytes) -> bool:
    try:
        return mark in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _parents() -> dict[int, tuple[int, str]]:
    """Give parent and state of every process."""
    table = {}
    for entry in PROC.glob("[0-9]*"):
        # The name in brackets may hold anything, so what follows counts from the last bracket.
        with contextlib.suppress(OSError, IndexError):
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            table[int(entry.name)] = (int(parent), state)
    return table


def _children(parent: int) -> list[int]:
    """Give the direct children; asked of the kernel per thread, or found in the whole table."""
    lists = list((PROC / str(parent) / "task").glob("*/children"))
    if not lists:
        return [pid for pid, (mother, _) in _parents().items() if mother == parent]
    found: list[int] = []
    for each in lists:
        with contextlib.suppress(OSError):
            found += [int(word) for word in each.read_text().split()]
    return found
