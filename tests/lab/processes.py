"""The processes that belong to a lab: known by what they hold and by how they were started."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.lab.waiting import wait_until

# They look at every new disk for a moment and let go by themselves.
PASSERS_BY = ("systemd-udevd", "(udev-worker)")


def with_environment(word: str) -> list[int]:
    """Every process whose environment has that word in it: sessions, and what they left behind."""
    return _that(lambda pid: word.encode() in (_proc(pid) / "environ").read_bytes())


def with_argument(word: str) -> list[int]:
    """Every process that was started with that word in its command line."""
    return _that(lambda pid: word.encode() in (_proc(pid) / "cmdline").read_bytes())


def with_open_file(under: Path) -> list[int]:
    """Every process that has that file open, or one below that directory."""
    return _that(lambda pid: any(_is_below(link, str(under)) for link in _open_files(pid)))


def holders(device: str) -> list[int]:
    """Every process that has the block device open."""
    number = Path(device).stat().st_rdev
    return _that(lambda pid: _holds(pid, number) and name(pid) not in PASSERS_BY)


def descendants(ancestor: int) -> list[int]:
    """The children of a process, their children, and so on."""
    parents = {pid: _parent(pid) for pid in _pids()}
    found = [ancestor]
    for parent in found:
        found.extend(pid for pid, its_parent in parents.items() if its_parent == parent)
    return found[1:]


def end(processes: Iterable[int]) -> int:
    """Kill -9, and wait until they are gone; how many there were."""
    doomed = [pid for pid in processes if _lives(pid)]
    for pid in doomed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(map(_lives, doomed)), f"processes {doomed} are gone")
    return len(doomed)


def name(pid: int) -> str:
    """What the kernel calls the process; empty if it is gone."""
    with suppress(OSError):
        return (_proc(pid) / "comm").read_text(encoding="utf-8").strip()
    return ""


def _that(matches: Callable[[int], bool]) -> list[int]:
    """The processes that match: never ourselves, nor whoever started us."""
    ours = [os.getpid()]
    while ours[-1] > 1:
        ours.append(_parent(ours[-1]))
    found = []
    for pid in _pids():
        with suppress(OSError):
            if pid not in ours and matches(pid):
                found.append(pid)
    return found


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _proc(pid: int) -> Path:
    return Path(f"/proc/{pid}")


def _status(pid: int) -> list[str]:
    """State and parent of a process, and more; a process that is gone is dead and nobody's."""
    with suppress(OSError):
        return (_proc(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return ["X", "0"]


def _parent(pid: int) -> int:
    return int(_status(pid)[1])


def _lives(pid: int) -> bool:
    return _status(pid)[0] not in "XZ"


def _open_files(pid: int) -> Iterator[str]:
    for entry in (_proc(pid) / "fd").iterdir():
        with suppress(OSError):
            yield str(entry.readlink())


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top}/")


def _holds(pid: int, number: int) -> bool:
    for entry in (_proc(pid) / "fd").iterdir():
        with suppress(OSError):
            status = entry.stat()
            if stat.S_ISBLK(status.st_mode) and status.st_rdev == number:
                return True
    return False
