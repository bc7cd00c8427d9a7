"""What `make demo` runs beside the product: a simulated storage host, which is added like any other host."""

import contextlib
import json
import os
import socket
import sys
from pathlib import Path

from django.conf import settings

from burnin_site.core import demo_admin
from burnin_site.own_files import open_own, unless_there_is_no_room
from burnin_site.supervisor.environments import environment_for, plain_environment
from burnin_site.supervisor.logfile import LogFile
from burnin_site.supervisor.oneshot import OneShot
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.supervisor import Supervisor

SHORT_TEST_S = 20
LONG_TEST_S = 45
ADDRESS = "127.0.0.1"


def mock_host() -> Program:
    """Return the simulated storage host, at a speed at which a whole burn-in takes a few minutes."""
    folder = settings.DATA_DIR / "mock"
    http_port, ssh_port = choose_ports(settings.DATA_DIR / "mock_ports")
    (folder / "ready.json").unlink(missing_ok=True)  # when it is there again, the host is ready
    options = (
        ("--data-dir", folder),
        ("--http-port", http_port),
        ("--ssh-port", ssh_port),
        ("--surface-seconds", settings.SURFACE_VALIDATE_SECONDS),
        ("--short-seconds", SHORT_TEST_S),
        ("--long-seconds", LONG_TEST_S),
    )
    words = tuple(str(word) for option in options for word in option)
    argv = (sys.executable, "-u", "-m", "mock_truenas", *words)
    return Program("mock", argv, cleans_up=True, stops_last=True, environment=plain_environment())


def choose_ports(notes: Path) -> tuple[int, int]:
    """Return two ports for the simulated host: those of last time if they are free, so that its address stays."""
    last = _ports_of_last_time(notes)
    with contextlib.ExitStack() as held:
        first, second = (_free_port(held.enter_context(socket.socket()), wanted) for wanted in last)
    notes.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = notes.with_name(f".{notes.name}.draft")
    with unless_there_is_no_room():  # on a full disk they are other ones next time, and the host's row follows
        with os.fdopen(open_own(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)[0], "w", encoding="ascii") as file:
            json.dump([first, second], file)
        draft.replace(notes)
    return first, second


def _ports_of_last_time(notes: Path) -> tuple[int, int]:
    """Return them; zeros where they were not written, or not to the end."""
    try:
        first, second = json.loads(notes.read_text(encoding="ascii"))
        return int(first), int(second)
    except (OSError, ValueError, TypeError):
        return 0, 0


def _free_port(probe: socket.socket, wanted: int) -> int:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((ADDRESS, wanted))
    except OSError:
        probe.bind((ADDRESS, 0))
    return int(probe.getsockname()[1])


def for_a_terminal(line: str) -> str:
    """Return the line with the password itself in place of its file's name, if a person reads it at a terminal."""
    pointer = demo_admin.where_the_password_is()
    if pointer not in line or not sys.stdout.isatty():
        return line
    return line.replace(pointer, demo_admin.kept_password().ljust(len(pointer)))


class DemoHost:
    """Adds the simulated host whenever it has started, once the server answers; `demo_host` prints where to sign in."""

    def __init__(self) -> None:
        self._ready_file: Path = settings.DATA_DIR / "mock" / "ready.json"
        self._seen = ""
        argv = (sys.executable, str(settings.BASE_DIR / "manage.py"), "demo_host")
        log = LogFile(settings.DATA_DIR / "logs" / "demo_host.log")
        self.command = OneShot(argv, log=log, environment=environment_for("demo_host"), reword=for_a_terminal)

    def __call__(self, supervisor: Supervisor) -> None:
        """Look whether the simulated host has started anew."""
        if supervisor.child("server").is_well and self._ready_file.exists():
            ready = self._ready_file.read_text(encoding="utf-8")
            if ready != self._seen:
                self._seen = ready
                self.command.request()
