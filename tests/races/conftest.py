"""The two databases: as the environment of the product's processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.postgres import Postgres
from tests.lab import requirements
from tests.lab.fixtures import lab, lab_disk
from tests.product.running import REPOSITORY

__all__ = ["lab", "lab_disk"]
Environment = dict[str, str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Environment]:
    """Yield what tells a process to use a PostgreSQL of this session's own; each database is made when asked for."""
    problem = _missing()
    if problem:
        (pytest.fail if requirements.is_a_must() else pytest.skip)(problem)
    place = Path(tempfile.mkdtemp(prefix="burnin-races-"))
    try:
        with Postgres(place / "postgres") as server:
            yield server.environment
    finally:
        shutil.rmtree(place, ignore_errors=True)


KINDS = ("SQLite", "PostgreSQL")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Environment:
    """Return what tells a process to use a fresh database of this kind."""
    return {"DATA_DIR": str(tmp_path), **fresh_database(request, tmp_path.name)}


def fresh_database(request: pytest.FixtureRequest, name: str) -> Environment:
    """Make a database of the kind that the fixture asks for; what leads to it. SQLite's lies in the data directory."""
    if request.param == "SQLite":
        return {}
    server: Environment = request.getfixturevalue("postgres")
    return {"DATABASE_URL": _fresh(server["DATABASE_URL"], name)}


def _missing() -> str:
    """Return what keeps PostgreSQL from being started here, and what to do."""
    if os.geteuid() != 0:
        return "A PostgreSQL of the tests' own needs root: it runs as the user postgres. Run the tests as root."
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return "These tests need PostgreSQL. Run: apt-get install postgresql"
    return ""


def _fresh(url: str, name: str) -> str:
    """Make a database; its address."""
    script = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
    name = "".join(sign for sign in name.lower() if sign.isalnum())[-40:]
    plain = url.replace("postgres://", "postgresql://")
    subprocess.run((sys.executable, "-c", script, plain, f'CREATE DATABASE "{name}"'), check=True)
    return f"{url.rpartition('/')[0]}/{name}"


@pytest.fixture
def run(database: Environment) -> Callable[..., str]:
    """Return a function that runs Python on that database to its end and gives what it printed."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DB_PATH")}
    environment = {**inherited, "DJANGO_SETTINGS_MODULE": "burnin_site.settings", **database}

    def python(*words: str, within_s: float = 300) -> str:
        done = subprocess.run(
            (sys.executable, *words),
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return python
