"""The product's own server, on a database of its own, that a test may stop and start again."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.lab.waiting import wait_until

PASSWORD = "a-long-password"  # of everybody in the seeded database
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """It runs on a seeded database in a folder of the test's."""

    def __init__(self, folder: Path, program: tuple[str, ...] = ("manage.py", "serve"), **environment: str) -> None:
        self.folder, self._program = folder, program
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / f"server-{self.port}.log"
        self._log = self.log.open("wb")
        self._environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DB_PATH": str(folder / "app.db"),
            "DATABASE_URL": "",
            "DEBUG": "0",
            "LOGIN_FAILURE_LIMIT": "1000",
            "TZ": "UTC",
            **environment,
        }

    def prepare(self) -> None:
        """Make the tables, the static files, and a lab to look at."""
        for words in (
            ("manage.py", "migrate", "-v0"),
            ("manage.py", "collectstatic", "--noinput", "-v0"),
            ("-m", "tests.browser.seed"),
        ):
            subprocess.run((sys.executable, *words), cwd=ROOT, env=self._environment, check=True, timeout=120)

    def start(self) -> None:
        """Start and wait until it answers."""
        command = (sys.executable, *self._program, "--host", "127.0.0.1", "--port", str(self.port))
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log)
        wait_until(self.answers, "the server answers", within_s=30)

    @property
    def pid(self) -> int:
        """The server process."""
        assert self._process is not None
        return self._process.pid

    def answers(self) -> bool:
        """Say whether requests are served."""
        try:
            with urlopen(f"{self.url}/healthz", timeout=1) as answer:  # noqa: S310  our own address
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        """Kill it, the way a machine does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        self._log.close()

    def change(self, table: str, where: str, **values: Any) -> None:
        """Change rows and number the change in one transaction, as the product's services do in another process."""
        with sqlite3.connect(self.folder / "app.db", timeout=20) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("UPDATE live_livecounter SET value = value + 1")
            values = {**values, "live_version": database.execute("SELECT value FROM live_livecounter").fetchone()[0]}
            names = ", ".join(f"{name} = ?" for name in values)
            found = database.execute(f"UPDATE {table} SET {names} WHERE {where}", tuple(values.values()))  # noqa: S608
            assert found.rowcount, f"No row of {table} where {where}"
        database.close()

    def execute(self, statement: str, *values: Any) -> None:
        """Run a statement that numbers nothing."""
        with sqlite3.connect(self.folder / "app.db", timeout=20) as database:
            database.execute(statement, values)
        database.close()

    def ask(self, question: str) -> Any:
        """Return the first value of a query."""
        with sqlite3.connect(self.folder / "app.db", timeout=20) as database:
            row = database.execute(question).fetchone()
        database.close()
        return row[0] if row else None
