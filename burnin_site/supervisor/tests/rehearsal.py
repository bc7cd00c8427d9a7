"""A supervisor of small programs, in a process of its own so that a test may kill it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from burnin_site.supervisor import processes
from burnin_site.supervisor.console import Console
from burnin_site.supervisor.lock import AlreadyRunning, take_lock
from burnin_site.supervisor.processes import Process
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.supervisor import Supervisor, clear_the_way
from tests.lab.waiting import wait_until

# A program with a child of its own, as a worker has; both write their pids.
FAMILY = """
import os, pathlib, signal, subprocess, sys
folder = pathlib.Path(sys.argv[1])
child = subprocess.Popen(["sleep", "1000"])
def stop(*_):
    if sys.argv[2] == "tidy":
        child.kill(); child.wait()
    (folder / "stopped").write_text("yes")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop if sys.argv[2] != "stubborn" else signal.SIG_IGN)
(folder / "child").write_text(str(child.pid))
(folder / "parent").write_text(str(os.getpid()))
print("ready", flush=True)
while True:
    signal.pause()
"""


@dataclass
class Rehearsal:
    """Starts supervisors on one data directory and finds what they run."""

    folder: Path
    supervisors: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *programs: Program) -> subprocess.Popen[str]:
        """Start a supervisor of these programs."""
        plan = [
            {"name": p.name, "argv": p.argv, "cleans_up": p.cleans_up, "health_url": p.health_url} for p in programs
        ]
        supervisor = subprocess.Popen(
            (sys.executable, "-m", __name__, str(self.folder), json.dumps(plan)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            umask=0,  # as a careless service manager starts it
        )
        self.supervisors.append(supervisor)
        return supervisor

    def family(self, name: str = "family", manner: str = "tidy") -> Program:
        """Return a program with a child. On SIGTERM "tidy" ends it, "careless" forgets it, "stubborn" does nothing."""
        (self.folder / name).mkdir(exist_ok=True)
        argv = (sys.executable, "-c", FAMILY, str(self.folder / name), manner)
        return Program(name, argv, cleans_up=manner == "tidy")

    def member(self, role: str, *, name: str = "family", other_than: Process | None = None) -> Process:
        """Wait for the "parent" or "child" of a family to run, and return it."""

        def look() -> list[Process]:
            file = self.folder / name / role
            text = file.read_text() if file.exists() else ""
            found = processes.find(int(text)) if text else None
            return [found] if found and found != other_than else []

        return wait_until(look, f"a {role} of {name} runs")[0]

    def end(self) -> None:
        """Kill the supervisors that a test left behind, and everything they ran."""
        for supervisor in self.supervisors:
            if supervisor.poll() is None:
                supervisor.kill()
            supervisor.wait()
            if supervisor.stdout:
                supervisor.stdout.close()
        mark = f"BURNIN_SUPERVISED={self.folder / 'run'}"
        processes.kill_all(lambda: [each for each in processes.with_environment(mark) if each.pid != os.getpid()])


def main(folder: Path, plan: str) -> int:
    """Run a supervisor until a signal."""
    try:
        take_lock(folder / "run" / "up.lock")
    except AlreadyRunning as error:
        sys.stdout.write(f"{error}\n")
        return 1
    programs = [Program(**{**words, "argv": tuple(words["argv"])}) for words in json.loads(plan)]
    console = Console(concise=True)
    clear_the_way(folder, console)
    Supervisor(programs, data_dir=folder, console=console).run()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
