"""manage.py up"""

import contextlib
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from burnin_site.core.demo_stack import DemoHost, mock_host
from burnin_site.core.room import RoomWatch
from burnin_site.own_files import NotOurs
from burnin_site.supervisor.console import Console
from burnin_site.supervisor.environments import environment_for
from burnin_site.supervisor.lock import AlreadyRunning, take_lock
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.supervisor import Supervisor, clear_the_way

ROOM_EVERY_S = 5.0
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104  compared, not bound


class Command(BaseCommand):
    help = "Runs everything on this machine: server, scheduler, workers. Ctrl-C stops it all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --demo."""
        parser.add_argument("--demo", action="store_true", help="also run a simulated storage host and sign-in data")

    def handle(self, *_args: Any, demo: bool, **_options: Any) -> None:
        """Prepare, then keep everything running until a signal."""
        os.chdir(settings.BASE_DIR)  # `python -m` finds our packages here
        data_dir: Path = settings.DATA_DIR
        console = Console(concise=demo)
        try:
            take_lock(data_dir / "run" / "up.lock")
        except (AlreadyRunning, NotOurs) as error:
            raise CommandError(str(error)) from error
        with contextlib.suppress(KeyboardInterrupt):
            clear_the_way(data_dir, console)
            refuse_a_taken_port(settings.APP_HOST, settings.APP_PORT)
            call_command("prepare", demo=demo)
            connections.close_all()
            demo_host = DemoHost()
            once = [demo_host.command] if demo else []
            supervisor = Supervisor(programs(demo=demo), once=once, data_dir=data_dir, console=console)
            supervisor.run(each_tick=EachTick(demo_host if demo else Greeting()))


def programs(*, demo: bool) -> list[Program]:
    """Return what runs, in the order in which it is started."""
    python = (sys.executable, "-u")
    manage = (*python, str(settings.BASE_DIR / "manage.py"))
    health_url = f"{local_address()}/healthz"
    found = [
        Program("server", (*manage, "serve"), health_url=health_url, environment=environment_for("server")),
        Program("scheduler", (*manage, "run_scheduler"), environment=environment_for("scheduler")),
        Program("worker", (*manage, "run_worker"), cleans_up=True, environment=environment_for("worker")),
    ]
    return [mock_host(), *found] if demo else found


def local_address() -> str:
    """Return where this machine itself reaches the server."""
    return f"http://{ANY_ADDRESS.get(settings.APP_HOST, settings.APP_HOST)}:{settings.APP_PORT}"


def refuse_a_taken_port(host: str, port: int) -> None:
    """Raise CommandError when something else listens there: the server could never start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error.strerror}). "
                "Stop the program that uses it, or choose another port with APP_PORT."
            ) from error


class EachTick:
    """What is looked at beside the processes: the greeting, and the room on the disk where no log can tell of it."""

    def __init__(self, greet: Callable[[Supervisor], None]) -> None:
        self._greet = greet
        self._room = RoomWatch()
        self._looked_at = 0.0

    def __call__(self, supervisor: Supervisor) -> None:
        """Look."""
        self._greet(supervisor)
        if monotonic() - self._looked_at >= ROOM_EVERY_S:
            self._looked_at = monotonic()
            if news := self._room.news():
                supervisor.say(news)


class Greeting:
    """Says once where the pages are."""

    def __init__(self) -> None:
        self._said = False

    def __call__(self, supervisor: Supervisor) -> None:
        """Look whether the server answers yet."""
        if not self._said and supervisor.child("server").is_well:
            self._said = True
            supervisor.say(f"Burn-In Bench is at {local_address().replace('127.0.0.1', 'localhost')}")
