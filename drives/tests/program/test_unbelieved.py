"""What others had a hand in is neither run nor believed, and the answer says which path and why."""

import hashlib
import json
import marshal
import os
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from drives.hosts import bundle
from drives.hosts.program_client import HostProgram
from drives.tests.local_shell import LocalShell
from drives.tests.program import test_bundle
from drives.tests.program.simulated_host import SimulatedHost
from drives.tests.program.test_bundle import NAME, install, load
from drives.tests.program.test_trusted import FILES, OPENED_UP

KEPT = f"{NAME}.{sys.hexversion:x}"


def forged(proof: Path) -> bytes:
    """Return a compiled program of somebody else, with every hash in it right."""
    code = compile(f"open({str(proof)!r}, 'w')", "x", "exec")
    sha, body = bytes.fromhex(bundle.bundle_sha256()), marshal.dumps({"__main__.py": code})
    return sha + hashlib.sha256(sha + body).digest() + body


@pytest.mark.parametrize("how", OPENED_UP)
@pytest.mark.parametrize("which", ["", "program"])
def test_nothing_runs_from_a_folder_that_is_not_ours_alone(
    host: SimulatedHost, tmp_path: Path, how: str, which: str
) -> None:
    stored = install(host)
    (stored.parent / KEPT).write_bytes(forged(tmp_path / "proof"))
    (stored.parent / KEPT).chmod(0o600)
    spoiled = stored.parents[1] / which
    OPENED_UP[how][0](spoiled)

    done = load(host, op="hello")

    assert (done.returncode, done.stdout) == (98, b"")
    assert done.stderr.decode().startswith(f"{str(spoiled).rstrip('/')} {OPENED_UP[how][1]}")
    assert not (tmp_path / "proof").exists()
    again = test_bundle.python(host, bundle.INSTALLER, *test_bundle.WORDS, stdin=bundle.bundle())
    assert again.returncode == 98


@pytest.mark.parametrize("how", FILES)
@pytest.mark.parametrize("which", [NAME, KEPT])
def test_no_file_runs_that_is_not_ours_alone(host: SimulatedHost, tmp_path: Path, how: str, which: str) -> None:
    stored = install(host)
    load(host, op="hello")
    (stored.parent / KEPT).write_bytes(forged(tmp_path / "proof"))
    FILES[how][0](stored.parent / which)

    done = load(host, op="hello")

    assert (done.returncode, done.stdout) == (98, b"")
    assert done.stderr.decode().startswith(f"{stored.parent / which} {FILES[how][1]}")
    assert not (tmp_path / "proof").exists()


@pytest.mark.parametrize(
    ("which", "how"), [*(("", how) for how in OPENED_UP), *product(("runs", "permits"), ("all may write", "a link"))]
)
def test_nothing_is_begun_in_a_folder_that_is_not_ours_alone(host: SimulatedHost, which: str, how: str) -> None:
    launch = host.permitted()
    host.call("probe")
    spoiled = host.run_folder().parents[1] / which
    OPENED_UP[how][0](spoiled)

    error = host.call("launch", **launch)["error"]

    assert error["code"] == "bad_base_dir"
    assert error["message"].startswith(f"{str(spoiled).rstrip('/')} {OPENED_UP[how][1]}")


OTHER_FILES = ("request.json", "engine.json", "progress.json", "keeper.lock", "stdout", "stderr")


@pytest.mark.parametrize(
    ("which", "how"), [*(("exit.json", how) for how in FILES), *((name, "a link") for name in OTHER_FILES)]
)
def test_a_run_is_not_believed_when_a_file_of_it_is_not_ours_alone(host: SimulatedHost, which: str, how: str) -> None:
    two_runs(host)
    spoiled = host.run_folder() / which
    FILES[how][0](spoiled)

    runs = host.call("probe", runs=["run-1", "run-2"])["runs"]

    assert (runs["run-1"]["state"], runs["run-1"]["reason"]["code"]) == ("refused", "untrusted")
    assert runs["run-1"]["reason"]["message"].startswith(f"{spoiled} {FILES[how][1]}")
    assert runs["run-2"]["state"] == "exited", "the others answer"


@pytest.mark.parametrize("how", OPENED_UP)
def test_a_run_is_not_believed_when_its_folder_is_not_ours_alone(host: SimulatedHost, how: str) -> None:
    two_runs(host)
    OPENED_UP[how][0](host.run_folder())

    runs = host.call("probe", runs=["run-1", "run-2"])["runs"]

    assert runs["run-1"]["reason"]["message"].startswith(f"{host.run_folder()} {OPENED_UP[how][1]}")
    assert runs["run-1"].keys() == runs["run-2"].keys()
    assert runs["run-2"]["state"] == "exited", "the others answer"


def two_runs(host: SimulatedHost) -> None:
    host.tool("badblocks", "echo of the engine; echo progress >&2")
    for run_id in ("run-1", "run-2"):
        host.launch(run_id)
        host.wait_for("exited", run_id)
        (host.run_folder(run_id) / "progress.json").write_text("{}")


def test_what_is_not_believed_can_be_cleaned_away_and_nothing_else_with_it(host: SimulatedHost) -> None:
    two_runs(host)
    elsewhere = host.root / "elsewhere"
    host.run_folder().rename(elsewhere)
    host.run_folder().symlink_to(elsewhere)
    (host.run_folder("run-2") / "more").symlink_to(elsewhere)
    (host.run_folder("run-2") / "inner").mkdir()

    for run_id in ("run-1", "run-2"):
        assert host.call("clean", run_id=run_id)["ok"]

    assert list(host.run_folder().parent.iterdir()) == []
    assert (elsewhere / "exit.json").exists()


def test_everything_is_written_for_its_owner_only_whatever_the_umask(host: SimulatedHost) -> None:
    old = os.umask(0)
    try:
        two_runs(host)
    finally:
        os.umask(old)
    base = host.run_folder().parents[1]
    assert {oct(path.stat().st_mode & 0o077) for path in (base, *base.rglob("*"))} == {"0o0"}


def plant_module(folder: Path, proof: Path) -> None:
    for name in ("hashlib", "sitecustomize", "usercustomize", "marshal"):
        (folder / f"{name}.py").write_text(f"open({str(proof)!r}, 'w')\n")


WAYS_IN: dict[str, Callable[[pytest.MonkeyPatch, Path], None]] = {
    "PYTHONPATH": lambda patch, folder: patch.setenv("PYTHONPATH", str(folder)),
    "the folder of the login": lambda patch, folder: patch.chdir(folder),
    "PYTHONSTARTUP": lambda patch, folder: patch.setenv("PYTHONSTARTUP", str(folder / "hashlib.py")),
    "PYTHONUSERBASE": lambda patch, folder: patch.setenv("PYTHONUSERBASE", str(folder)),
    "HOME": lambda patch, folder: patch.setenv("HOME", str(folder)),
}


@pytest.mark.parametrize("way", WAYS_IN)
def test_the_environment_of_the_login_brings_no_code_in(
    host: SimulatedHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    planted = tmp_path / "planted"
    site = planted / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    for folder in (planted, site, planted / ".local" / site.relative_to(planted)):
        folder.mkdir(parents=True, exist_ok=True)
        plant_module(folder, tmp_path / "proof")
    WAYS_IN[way](monkeypatch, planted)
    program = HostProgram(LocalShell(root=str(host.root)), host.base_dir, "nas-1", expect_simulated=True)

    assert json.dumps(program.hello())
    assert not (tmp_path / "proof").exists()
