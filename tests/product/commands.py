"""Processes of the product that are run to their end, with a data directory of their own and the widest umask."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from burnin_site.supervisor import environments
from tests.product.running import free_port

REPOSITORY = Path(__file__).resolve().parents[2]
LIMIT_S = 120
SERVE = ("manage.py", "serve")
PATHS = ("DB_PATH", "TEST_DB_PATH", "INSTANCE_ID", "INITIAL_ADMIN_USERNAME")


@dataclass
class Installation:
    """One data directory, and the commands that are run on it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `python WORDS` to its end."""
        ours = {*environments.ALL, *PATHS}
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        given = {"DATA_DIR": str(self.folder), "APP_HOST": "127.0.0.1", "APP_PORT": str(free_port())}
        return subprocess.run(
            (sys.executable, *words),
            env={**inherited, **given, **self.environment},
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
            umask=0,
        )

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `manage.py WORDS` to its end."""
        return self.run("manage.py", *words)

    def does(self, *words: str) -> str:
        """Run `manage.py WORDS`, which must work; return what it said."""
        done = self.manage(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def refuses(self, *words: str) -> str:
        """Run `python WORDS`, which must end with a sentence and without a traceback; return the sentence."""
        done = self.run(*words)
        said = done.stdout + done.stderr
        assert done.returncode == 1, said
        assert "Traceback" not in said
        return " ".join(said.split())


def open_to_others(folder: Path) -> Iterator[Path]:
    """Yield what others may do anything with: this folder and all below it. Links have no permissions."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink() and path.stat().st_mode & 0o077:
            yield path
