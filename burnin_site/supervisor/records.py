"""What a supervisor writes down about its children, so that the next one can end what it left behind."""

import contextlib
import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from time import monotonic

from burnin_site.own_files import open_own, unless_there_is_no_room
from burnin_site.supervisor import processes
from burnin_site.supervisor.processes import Process

MARK = "BURNIN_SUPERVISED"
GRACE_S = 8.5


class Records:
    """One file per child in the run directory: pid, start time and boot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def mark(self) -> tuple[str, str]:
        """Return the environment variable, name and value, that every child carries and hands down."""
        return MARK, str(self._folder)

    def write(self, name: str, process: Process) -> None:
        """Note that this child was started. Where the disk is full it is not noted: its mark is found all the same."""
        line = json.dumps(process._asdict() | {"boot_id": processes.boot_id()})
        draft = self._folder / f".{name}.draft"
        with unless_there_is_no_room():
            with os.fdopen(open_own(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)[0], "w", encoding="ascii") as file:
                file.write(line)
            draft.replace(self._folder / f"{name}.json")

    def forget(self, name: str) -> None:
        """Note that this child and all of its group have ended."""
        (self._folder / f"{name}.json").unlink(missing_ok=True)

    def end_leftovers(self) -> int:
        """End what an earlier supervisor of this folder left running; return how many processes that were.

        Only what is certainly its own: the recorded pid with the recorded start time in this boot and its group,
        and processes that carry this folder's mark.
        """
        found = self._leftovers()
        for process in found:
            process.send(signal.SIGTERM)
        end = monotonic() + GRACE_S
        for process in found:
            process.wait(timeout_s=max(0.0, end - monotonic()))
        processes.kill_all(self._leftovers)
        for file in self._folder.glob("*.json"):
            file.unlink(missing_ok=True)
        return len(found)

    def _leftovers(self) -> list[Process]:
        mine = {os.getpid(), os.getppid()}
        marked = processes.with_environment("=".join(self.mark))
        recorded = [member for leader in self._recorded() for member in processes.group_members(leader.pid)]
        return [each for each in dict.fromkeys([*recorded, *marked]) if each.pid not in mine]

    def _recorded(self) -> Iterable[Process]:
        for file in self._folder.glob("*.json"):
            with contextlib.suppress(ValueError, KeyError, OSError):
                note = json.loads(file.read_text(encoding="ascii"))
                process = Process(int(note["pid"]), int(note["started"]))
                if note["boot_id"] == processes.boot_id() and process.is_alive():
                    yield process
