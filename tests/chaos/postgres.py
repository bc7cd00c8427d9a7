"""A real PostgreSQL of the run's own: own data directory, own port on the loopback."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Self

from tests.lab.waiting import wait_until
from tests.product.running import free_port

USER = "postgres"  # the account that Debian's package makes; the server refuses to run as root


class Postgres:
    """Use it as a context manager."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self._password = secrets.token_hex(16)

    @property
    def url(self) -> str:
        """Where the product finds its database."""
        return f"postgres://{USER}:{self._password}@127.0.0.1:{self.port}/{USER}"

    @property
    def environment(self) -> dict[str, str]:
        """What the product is told."""
        return {"DATABASE_URL": self.url}

    def __enter__(self) -> Self:
        for above in (self.directory.parent, self.directory.parent.parent):
            above.chmod(above.stat().st_mode | 0o011)
        self.directory.mkdir()
        secret = self.directory / "password"
        secret.write_text(self._password, encoding="ascii")
        shutil.chown(self.directory, USER)
        shutil.chown(secret, USER)
        data = str(self.directory / "data")
        self._run("initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", str(secret))
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        data, options = str(self.directory / "data"), f"-p {self.port} -h 127.0.0.1 -k {self.directory}"
        self._run("pg_ctl", "-D", data, "-l", str(self.directory / "log"), "-o", options, "-w", "start")
        wait_until(self._answers, "PostgreSQL answers", within_s=30)

    def stop(self) -> None:
        """Stop it at once, as a crash would: it recovers when it is started again."""
        self._run("pg_ctl", "-D", str(self.directory / "data"), "-m", "immediate", "stop")

    def _answers(self) -> bool:
        ready = (str(_programs() / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port))
        return subprocess.run(ready, capture_output=True, check=False).returncode == 0

    def _run(self, program: str, *words: str) -> None:
        command = ("runuser", "-u", USER, "--", str(_programs() / program), *words)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd="/")


def _programs() -> Path:
    """Debian keeps them out of PATH, one directory per version."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
