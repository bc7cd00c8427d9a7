"""The demonstration as a person runs it: `manage.py up --demo` on a data directory of its own."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

from burnin_site.supervisor import processes
from burnin_site.supervisor.processes import Process
from tests.lab.waiting import wait_until
from tests.product.running import free_port

READY_S = 90.0


@dataclass
class DemoRun:
    """One data directory; started, stopped and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    terminal: int = 0  # where it prints to instead of the file
    supervisors: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return (self.folder / "up.log").read_text()

    @property
    def supervisor(self) -> "subprocess.Popen[bytes]":
        """The one that was started last."""
        return self.supervisors[-1]

    def start(self) -> None:
        """Start it and wait for the box."""
        boxes = self.output.count("password  ") if self.supervisors else 0
        self.launch()
        wait_until(lambda: self.output.count("password  ") > boxes, "the box is printed", within_s=READY_S, every_s=0.2)

    def launch(self) -> None:
        """Start it."""
        environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "DATA_DIR": str(self.folder),
            "DB_PATH": str(self.folder / "app.db"),
            "APP_HOST": "127.0.0.1",
            "APP_PORT": str(self.port),
            "INITIAL_ADMIN_USERNAME": "",
            "INITIAL_ADMIN_PASSWORD": "",
            **self.environment,
        }
        with (self.folder / "up.log").open("ab") as output:
            command = (sys.executable, str(settings.BASE_DIR / "manage.py"), "up", "--demo")
            self.supervisors.append(
                subprocess.Popen(
                    command,
                    env=environment,
                    stdout=self.terminal or output,
                    stderr=output,
                    start_new_session=True,
                    umask=0,
                )
            )

    def interrupt(self) -> int:
        """Press Ctrl-C; return the exit code."""
        os.killpg(self.supervisor.pid, signal.SIGINT)
        return self.supervisor.wait(timeout=15)

    def said(self, name: str) -> str:
        """Return the last value that the box showed under this name."""
        return str(re.findall(rf"\|\s+{name}\s+(?:in )?(\S+)\s+\|", self.output)[-1])

    @property
    def password(self) -> str:
        """What stands in the file that the box names: it is printed on a terminal only."""
        return Path(self.said("password")).read_text().strip()

    def api(self, path: str) -> Any:
        """Sign in with what the box shows and get this path."""
        with requests.Session() as session:
            login = {"username": self.said("user"), "password": self.password}
            session.post(f"{self.said('address')}/api/auth/login", json=login, timeout=30).raise_for_status()
            answer = session.get(f"{self.said('address')}{path}", timeout=30)
            answer.raise_for_status()
            return answer.json()

    def answers(self) -> bool:
        """Whether the server is well."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def child(self, *words: str) -> Process:
        """Wait for the supervisor to run a child with these words in its command, and return it."""

        def look() -> list[Process]:
            children = processes.descendants(self.supervisor.pid, depth=1)
            return [each for each in children if set(words) <= set(command_words(each.pid))]

        return wait_until(look, f"{words} runs", within_s=30)[0]

    def all_processes(self) -> list[Process]:
        """Return every process below the supervisor."""
        return processes.descendants(self.supervisor.pid)

    def end(self) -> None:
        """Kill what a test left behind."""
        for supervisor in self.supervisors:
            if supervisor.poll() is None:
                supervisor.kill()
            supervisor.wait()
        processes.kill_all(lambda: processes.with_environment(f"BURNIN_SUPERVISED={self.folder / 'run'}"))


def command_words(pid: int) -> list[str]:
    """Return the words of a process' command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
