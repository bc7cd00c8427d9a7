"""The host of the lab: a real sshd that can be upset."""

from __future__ import annotations

import subprocess
from pathlib import Path

import paramiko
import pytest

from tests.lab.fixtures import DiskFactory
from tests.lab.lab import Lab
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.lab
WHICH = 'from shutil import which; print(which("badblocks"), which("smartctl"))'


def _connect(lab: Lab) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    keys = client.get_host_keys()
    kind, words = lab.sshd.host_key.split()
    entry = paramiko.hostkeys.HostKeyEntry.from_line(f"[127.0.0.1]:{lab.sshd.port} {kind} {words}")
    assert entry is not None and entry.key is not None
    keys.add(f"[127.0.0.1]:{lab.sshd.port}", kind, entry.key)
    client.connect(
        "127.0.0.1",
        port=lab.sshd.port,
        username=lab.sshd.user,
        key_filename=str(lab.sshd.key_path),
        allow_agent=False,
        look_for_keys=False,
    )
    return client


def test_a_session_is_root_with_the_path_and_home_of_the_lab(lab: Lab) -> None:
    said = lab.sshd.ssh("id -u; echo $PATH; echo $HOME; command -v python3 smartctl badblocks").stdout.split()

    assert said[0] == "0"
    assert said[1] == f"{lab.directory}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert said[2] == f"{lab.directory}/home"
    assert said[3:] == [f"{lab.directory}/bin/python3", f"{lab.directory}/bin/smartctl", "/usr/sbin/badblocks"]


def test_the_host_key_that_the_lab_tells_is_the_one_that_sshd_shows(lab: Lab) -> None:
    with _connect(lab) as client:
        _, output, _ = client.exec_command("echo hello")
        assert output.read() == b"hello\n"


def test_a_stranger_is_not_let_in(lab: Lab, tmp_path: Path) -> None:
    subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"), check=True)
    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        with pytest.raises(paramiko.AuthenticationException):
            client.connect(
                "127.0.0.1",
                port=lab.sshd.port,
                username="root",
                key_filename=str(tmp_path / "key"),
                allow_agent=False,
                look_for_keys=False,
            )


def test_a_changed_host_key_is_noticed_by_a_client_that_knows_the_old_one(lab: Lab) -> None:
    old = lab.sshd.host_key
    client = paramiko.SSHClient()
    with _connect(lab) as before:
        client.get_host_keys().update(before.get_host_keys())

    new = lab.sshd.change_host_key()

    assert new != old
    with client, pytest.raises(paramiko.BadHostKeyException):
        client.connect("127.0.0.1", port=lab.sshd.port, username="root", key_filename=str(lab.sshd.key_path))
    with _connect(lab) as after:
        assert after.get_transport() is not None


def test_killed_sessions_cut_the_connection_but_leave_the_command_running(lab: Lab, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with _connect(lab) as client:
        client.exec_command(f"setsid sh -c 'echo $$ > {note}; exec tail -f /dev/null' >/dev/null 2>&1 </dev/null")
        pid = int(wait_until(lambda: note.exists() and note.read_text(), "the command runs"))

        assert lab.sshd.kill_sessions() >= 1

        transport = client.get_transport()
        wait_until(lambda: transport is None or not transport.is_active(), "the connection is cut")
    assert Path(f"/proc/{pid}").exists()
    subprocess.run(("kill", str(pid)), check=True)


def test_a_stopped_sshd_refuses_and_a_started_one_is_at_the_same_port(lab: Lab) -> None:
    port = lab.sshd.port
    lab.sshd.stop()
    try:
        assert lab.sshd.ssh("true").returncode == 255
    finally:
        lab.sshd.start()
    assert lab.sshd.port == port
    assert lab.sshd.ssh("true").returncode == 0


def test_a_hidden_tool_is_found_nowhere_and_the_machine_keeps_it(lab: Lab) -> None:
    lab.sshd.hide("badblocks", "smartctl")
    try:
        assert lab.sshd.ssh("which badblocks smartctl").stdout == ""
        assert lab.sshd.ssh(f"python3 -c '{WHICH}'").stdout == "None None\n"
        assert lab.sshd.ssh("/usr/sbin/badblocks").returncode == 126
        assert Path("/usr/sbin/badblocks").stat().st_mode & 0o111
    finally:
        lab.sshd.show()
    assert lab.sshd.ssh("command -v badblocks").stdout == "/usr/sbin/badblocks\n"


def test_a_session_sees_the_disks_of_the_lab(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk()

    said = lab.sshd.ssh(f"blockdev --getsize64 {disk.device}; smartctl -i {disk.device}").stdout

    assert said.startswith(str(disk.size))
    assert f"Serial Number:    {disk.serial}" in said
