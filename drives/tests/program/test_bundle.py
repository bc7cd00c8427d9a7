"""The program as one file, and the lines that store and start it."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from drives.hosts import bundle
from drives.tests.program.simulated_host import SimulatedHost

BASE = "/var/tmp/burnin-bench"
NAME = "it.pyz"
STORED = f"{BASE}/program/{NAME}"
WORDS = (BASE, NAME, bundle.bundle_sha256())


def python(
    host: SimulatedHost, program: str, *words: str, stdin: bytes = b"", before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*before, sys.executable, "-I", "-S", "-c", program, *words],
        input=stdin,
        capture_output=True,
        cwd="/",
        env=host.environment,
        check=False,
    )


def install(host: SimulatedHost) -> Path:
    done = python(host, bundle.INSTALLER, *WORDS, stdin=bundle.bundle())
    assert done.returncode == 0, done.stderr
    return host.root / STORED.lstrip("/")


def load(
    host: SimulatedHost, digest: str = "", *, before: tuple[str, ...] = (), **request: object
) -> subprocess.CompletedProcess[bytes]:
    question = json.dumps({"base_dir": BASE, **request}).encode()
    words = (BASE, NAME, digest or bundle.bundle_sha256())
    return python(host, bundle.LOADER, *words, stdin=question, before=before)


def test_it_is_the_same_for_the_same_source() -> None:
    first = bundle.bundle()
    bundle.bundle.cache_clear()

    assert bundle.bundle() == first
    assert bundle.bundle_sha256() == hashlib.sha256(first).hexdigest()


def test_nothing_in_it_depends_on_the_day_or_the_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.bundle())) as archive:
        entries = archive.infolist()

    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.compress_type, entry.external_attr) for entry in entries} == {(0, 0o644 << 16)}


def test_it_holds_the_program_and_nothing_else() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.bundle())) as archive:
        names = archive.namelist()

    ours = [name for name in names if not name.startswith("drives/hosts/program/")]
    assert ours == ["__main__.py", "drives/__init__.py", "drives/hosts/__init__.py"]
    assert all(name.endswith(".py") for name in names)


def test_the_stored_program_answers(host: SimulatedHost) -> None:
    install(host)

    answer = json.loads(load(host, op="hello").stdout)

    assert (answer["ok"], answer["simulated"]) == (True, True)


def test_the_stored_program_runs_a_burn_in(host: SimulatedHost) -> None:
    install(host)
    tail = {"name": "tail", "offset": 0, "length": 4096, "patterns": ["0x00"]}

    answer = json.loads(load(host, op="launch", **host.permitted(engine=tail)).stdout)

    assert answer["run"]["reason"] is None
    assert host.wait_for("exited")["exit_code"] == 0


def test_a_missing_program_is_said_so(host: SimulatedHost) -> None:
    done = load(host, op="hello")

    assert (done.returncode, done.stdout) == (97, b"")


@pytest.mark.parametrize("change", [b"x", bundle.bundle()[:-1]])
def test_another_program_is_not_run(host: SimulatedHost, change: bytes) -> None:
    install(host).write_bytes(change)
    done = load(host, op="hello")

    assert (done.returncode, done.stdout) == (97, b"")


def kept_beside(stored: Path) -> Path:
    return next(path for path in stored.parent.iterdir() if path.name != stored.name)


def test_it_is_compiled_once(host: SimulatedHost) -> None:
    stored = install(host)
    load(host, op="hello")
    kept = kept_beside(stored)
    first = kept.stat()

    assert json.loads(load(host, op="hello").stdout)["ok"]
    assert (kept.stat().st_ino, first.st_mode & 0o777) == (first.st_ino, 0o600)


@pytest.mark.parametrize("place", [0, 40, 5000, -1])
def test_a_damaged_compiled_program_is_compiled_anew(host: SimulatedHost, place: int) -> None:
    stored = install(host)
    load(host, op="hello")
    kept = kept_beside(stored)
    whole = kept.read_bytes()
    damaged = bytearray(whole)
    damaged[place] ^= 0xFF
    kept.write_bytes(damaged)

    assert json.loads(load(host, op="hello").stdout)["ok"]
    assert kept.read_bytes() == whole


def test_it_runs_where_nothing_can_be_kept(host: SimulatedHost) -> None:
    stored = install(host)
    load(host, op="hello")
    kept_beside(stored).unlink()

    done = load(host, op="hello", before=("prlimit", "--fsize=0"))

    assert json.loads(done.stdout)["ok"]
    assert [path.name for path in stored.parent.iterdir()] == [NAME]


def test_it_is_stored_for_its_owner_only(host: SimulatedHost) -> None:
    stored = install(host)

    assert stored.stat().st_mode & 0o777 == 0o600
    assert stored.parent.stat().st_mode & 0o777 == 0o700
    assert stored.parent.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in stored.parent.iterdir()] == ["it.pyz"]


@pytest.mark.parametrize("text", [bundle.LOADER, bundle.INSTALLER])
def test_the_shell_of_root_on_freebsd_takes_nothing_of_it_for_its_history(text: str) -> None:
    assert re.findall(r"!(?!=)", text) == []


def test_a_damaged_transfer_is_not_stored(host: SimulatedHost) -> None:
    done = python(host, bundle.INSTALLER, *WORDS, stdin=bundle.bundle()[:-100])

    assert done.returncode == 97
    assert not (host.root / STORED.lstrip("/")).exists()


def test_it_is_not_stored_where_others_may_write(host: SimulatedHost) -> None:
    base = host.root / BASE.lstrip("/")
    base.mkdir(parents=True)
    base.chmod(0o777)
    done = python(host, bundle.INSTALLER, *WORDS, stdin=bundle.bundle())

    assert done.returncode == 98
    assert b"may be written to by others" in done.stderr
