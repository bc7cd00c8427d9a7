"""The pretend host runs commands as whoever started it: its folder is closed to others, nobody else knows its login."""

import subprocess
import sys
from pathlib import Path

import paramiko
import pytest

from mock_truenas.tests.running_host import PACKAGE_PARENT, RunningHost

OLD_LOGINS = ("mock-root", "mock-key", "root", "")


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "mock"
    (folder / "root").mkdir(parents=True)
    folder.chmod(0o777)
    (folder / "root").chmod(0o777)
    host = RunningHost(folder)
    try:
        host.run("touch /tmp/x; touch $HOME/y")
        made = [path for path in folder.rglob("*") if not path.is_symlink() and path != folder / "root"]
        assert folder.stat().st_mode & 0o777 == 0o700
        assert [path for path in made if path.stat().st_mode & 0o077] == []
    finally:
        host.stop()


def test_each_has_a_login_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    logins = []
    for name in ("one", "two", "one"):
        host = RunningHost(tmp_path / name)
        logins.append((host.ready["ssh_password"], host.ready["api_key"]))
        host.stop()
    assert logins[0] == logins[2]
    assert len({word for login in logins for word in login}) == 4
    assert all(len(word) >= 20 for login in logins for word in login)


def test_the_environment_names_another_login_and_no_old_one_works(tmp_path: Path) -> None:
    host = RunningHost(tmp_path / "mock", MOCK_SSH_PASSWORD="chosen word", MOCK_API_KEY="chosen key")
    try:
        assert host.run("echo here").out == b"here\n"
        assert host.get("/api/v2.0/system/info")
        for old in OLD_LOGINS:
            with pytest.raises(paramiko.AuthenticationException):
                host.connect(password=old)
            host.ready["api_key"] = old
            assert host.call("GET", "/api/v2.0/system/info").status_code == 401
        words = Path(f"/proc/{host.process.pid}/cmdline").read_text()
        assert "chosen" not in words
        assert b"chosen" not in host.run("env").out
    finally:
        host.stop()


def test_a_folder_that_is_for_everybody_is_refused_with_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    command = (sys.executable, "-m", "mock_truenas", "--data-dir", str(tmp_path))
    done = subprocess.run(command, cwd=PACKAGE_PARENT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert f"mock_truenas: {tmp_path} belongs to others too. Choose a folder of its own with --data-dir." in done.stderr
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777
