"""What badblocks did on the lab's host, seen from the host itself."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.lab import processes
from tests.lab.disks import LabDisk
from tests.lab.lab import Lab

RECORDER = """\
#!/bin/sh
# One line for each start: process, and the words it was started with. Then the real program in the same process.
echo "$$ $(date +%s.%N) $*" >> {record}
exec {real} "$@"
"""


def badblocks_of(disk: LabDisk) -> list[str]:
    """Return the command line of the badblocks that has this disk open; empty when there is none."""
    for pid in processes.holders(disk.device):
        if processes.name(pid) == "badblocks":
            with suppress(OSError):
                return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").rstrip("\0").split("\0")
    return []


def kill_badblocks(disk: LabDisk, number: signal.Signals = signal.SIGKILL) -> None:
    """Kill the badblocks that has this disk open."""
    for pid in processes.holders(disk.device):
        if processes.name(pid) == "badblocks":
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def is_halted(disk: LabDisk) -> bool:
    """Say whether the badblocks that has this disk open is stopped (state T)."""
    pids = [pid for pid in processes.holders(disk.device) if processes.name(pid) == "badblocks"]
    return bool(pids) and all(psutil.Process(pid).status() == psutil.STATUS_STOPPED for pid in pids)


@dataclass(frozen=True)
class Run:
    """One start of badblocks: process, seconds since the epoch, the words it was started with."""

    pid: int
    at: float
    command: str

    @property
    def device(self) -> str:
        """The device it works on."""
        return next(word for word in self.command.split() if word.startswith("/dev/"))


@dataclass(frozen=True)
class Recorder:
    """Writes down every start of badblocks on the lab's host."""

    record: Path

    @classmethod
    def install(cls, lab: Lab) -> Recorder:
        """Put the recorder before the real badblocks on the host's PATH, with an empty record."""
        recorder = cls(lab.directory / "badblocks-starts")
        recorder.record.write_text("", encoding="utf-8")
        script = lab.sshd.toolbox.bin / "badblocks"
        script.write_text(RECORDER.format(record=recorder.record, real="/usr/sbin/badblocks"), encoding="utf-8")
        script.chmod(0o755)
        return recorder

    def starts(self, device: str) -> list[str]:
        """Return the command lines that wrote to this device, one per start."""
        return [run.command for run in self.runs() if "-w" in run.command and f" {device} " in f" {run.command} "]

    def runs(self) -> list[Run]:
        """Return every start of badblocks, the oldest first."""
        found = []
        for line in self.record.read_text(encoding="utf-8").splitlines():
            pid, at, command = line.split(" ", 2)
            found.append(Run(int(pid), float(at), command))
        return found
