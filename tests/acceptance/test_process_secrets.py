"""Each process has the secrets that it needs and no other; the password of the demonstration is for a terminal only."""

import os
import pty
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from burnin_site.supervisor import environments
from burnin_site.supervisor.processes import Process
from tests.lab.waiting import wait_until
from tests.product.demo_run import READY_S, DemoRun, command_words

FERNET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SECRETS = {name: f"kept-{name.lower()}-secret" for name in environments.ALL - {"DATABASE_URL"}}
SECRETS |= {"FIELD_ENCRYPTION_KEYS": FERNET, "WEBHOOK_URL": "http://127.0.0.1:1/kept-hook-secret"}
OF_THE_SHELL = {"AWS_SECRET_ACCESS_KEY": "kept-cloud-secret", "SMTP_TOKEN": "kept-token-secret"}
SMALL = 64 * 1024 * 1024  # the simulated drives are sparse files of many terabytes
KINDS = {"serve": "server", "run_scheduler": "scheduler", "run_worker": "worker", "run_qcluster": "worker"}


@dataclass
class OnTerminal:
    """A demonstration that was started at a terminal, with every secret in its environment."""

    run: DemoRun
    terminal: int
    seen: bytes = b""

    def read(self) -> bytes:
        """Return everything that the terminal has shown."""
        os.set_blocking(self.terminal, False)
        try:
            while piece := os.read(self.terminal, 65536):
                self.seen += piece
        except OSError:  # nothing more now
            pass
        return self.seen

    def members(self) -> list[tuple[str, Process]]:
        """Return the processes below the supervisor, each with what it is: a program of ours, or "helper"."""
        found = []
        for process in self.run.all_processes():
            words = command_words(process.pid)
            found.append((next((kind for word, kind in KINDS.items() if word in words), "helper"), process))
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnTerminal]:
    ours, theirs = pty.openpty()
    run = DemoRun(tmp_path_factory.mktemp("demo"), environment={**SECRETS, **OF_THE_SHELL}, terminal=theirs)
    with closing(os.fdopen(ours, "rb", buffering=0)), closing(os.fdopen(theirs, "wb", buffering=0)):
        (run.folder / "up.log").touch()
        run.launch()
        found = OnTerminal(run, ours)
        wait_until(lambda: b"password  " in found.read(), "the box is shown", within_s=READY_S)
        yield found
        run.end()


def environment_of(process: Process) -> str:
    try:
        return Path(f"/proc/{process.pid}/environ").read_text(errors="replace")
    except OSError:
        return ""


def test_the_password_is_shown_on_the_terminal_and_written_nowhere_but_in_its_file(demo: OnTerminal) -> None:
    password = (demo.run.folder / "demo_password").read_text().strip()
    assert f"password  {password}".encode() in demo.read()
    lines = [line for line in demo.read().splitlines() if line.startswith((b"|  ", b"+--"))]
    assert len({len(line.rstrip()) for line in lines}) == 1
    files = [path for path in demo.run.folder.rglob("*") if path.is_file() and path.stat().st_size < SMALL]
    holding = [path for path in files if password.encode() in path.read_bytes()]
    assert [path.name for path in holding] == ["demo_password"]


def test_each_process_has_the_secrets_that_it_needs_and_no_other(demo: OnTerminal) -> None:
    members = demo.members()
    assert {kind for kind, _ in members} == {"server", "scheduler", "worker", "helper"}
    for kind, process in members:
        needed = environments.NEEDS.get(kind, frozenset())
        told = environment_of(process)
        wrong = [name for name, value in SECRETS.items() if (value in told) != (name in needed) and told]
        assert wrong == [], (kind, command_words(process.pid))


def test_the_simulated_host_and_its_commands_get_nothing_of_the_shell_either(demo: OnTerminal) -> None:
    helpers = [process for kind, process in demo.members() if kind == "helper"]
    assert any("mock_truenas" in command_words(process.pid) for process in helpers)
    told = [environment_of(process) for process in helpers]
    assert [text for text in told if any(value in text for value in OF_THE_SHELL.values())] == []


def test_no_secret_stands_among_the_arguments_of_a_process(demo: OnTerminal) -> None:
    ready = (demo.run.folder / "mock" / "ready.json").read_text()
    kept = [(demo.run.folder / "demo_password").read_text().strip(), *SECRETS.values()]
    for _, process in demo.members():
        words = command_words(process.pid)
        assert [word for word in words if any(secret in word for secret in kept)] == []
        assert [word for word in words if len(word) >= 20 and f'"{word}"' in ready] == []


def test_no_process_has_inherited_an_open_file_of_the_supervisor(demo: OnTerminal) -> None:
    lock = str(demo.run.folder / "run" / "up.lock")
    held = {str(path.resolve()) for path in Path(f"/proc/{demo.run.supervisor.pid}/fd").iterdir()}
    assert lock in held
    for kind, process in demo.members():
        theirs = open_files(process)
        assert lock not in theirs
        if kind == "helper":
            assert {name for name in theirs if name.startswith(str(demo.run.folder))} <= allowed(demo.run.folder)


def allowed(folder: Path) -> set[str]:
    return {str(folder / "logs" / "mock.log"), str(folder / "mock" / "server.lock")}


def open_files(process: Process) -> set[str]:
    try:
        return {str(path.readlink()) for path in Path(f"/proc/{process.pid}/fd").iterdir()}
    except OSError:
        return set()
