"""The SSH face runs commands and passes everything on unchanged."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import pytest

from mock_truenas.tests.running_host import RunningHost, run_on
from mock_truenas.tests.waiting import wait_until

EVERY_BYTE = bytes(range(256)) * 400


def test_stdin_comes_back_byte_for_byte(host: RunningHost) -> None:
    assert host.run("cat", EVERY_BYTE) == (0, EVERY_BYTE, b"")


def test_output_errors_and_exit_code_are_kept_apart(host: RunningHost) -> None:
    assert host.run("echo one; echo two >&2; exit 7") == (7, b"one\n", b"two\n")


def test_a_command_that_a_signal_ends_has_the_code_of_a_shell(host: RunningHost) -> None:
    assert host.run("kill -TERM $$").code == 128 + 15


def test_large_output_arrives_whole(host: RunningHost) -> None:
    assert len(host.run("head -c 5000000 /dev/zero").out) == 5_000_000


def test_eight_commands_run_at_once_on_one_connection(host: RunningHost) -> None:
    client, gate = host.connect(), host.folder / "gate"
    command = f"while [ ! -e {gate} ]; do sleep 0.05; done; cat"
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(run_on, client, command, b"%d" % n) for n in range(8)]
        wait_until(lambda: len(host.get("/debug/state")["processes"]) >= 8, "eight processes")
        gate.touch()
        assert [one.result().out for one in waiting] == [b"%d" % n for n in range(8)]


def test_commands_see_the_simulated_root_and_its_tools_first(host: RunningHost) -> None:
    root = host.folder / "root"

    assert host.run("echo $BURNIN_HOST_ROOT").out.decode().strip() == str(root)
    assert host.run("command -v badblocks").out.decode().strip() == str(host.folder / "bin/badblocks")
    assert host.run("cat $BURNIN_HOST_ROOT/sys/block/sda/size").out == b"23437770752\n"
    assert host.run("python3 -c 'import ssl, sqlite3; print(1)'").out == b"1\n"


def test_a_command_left_behind_does_not_hold_the_channel(host: RunningHost) -> None:
    assert host.run("sleep 60 </dev/null >/dev/null 2>&1 & echo started").out == b"started\n"


def test_a_wrong_password_is_refused(host: RunningHost) -> None:
    with pytest.raises(paramiko.AuthenticationException):
        host.connect(password="wrong")
    with pytest.raises(paramiko.AuthenticationException):
        host.connect(username="admin")


def test_a_shell_is_refused_in_words(host: RunningHost) -> None:
    transport = host.connect().get_transport()
    assert transport is not None
    channel = transport.open_session()
    channel.invoke_shell()

    assert b"commands only" in channel.makefile_stderr("rb").read()
    assert channel.recv_exit_status() == 1


def test_a_terminal_is_refused(host: RunningHost) -> None:
    transport = host.connect().get_transport()
    assert transport is not None
    with pytest.raises(paramiko.SSHException):
        transport.open_session().get_pty()


def test_a_dropped_connection_ends_a_command_that_writes(host: RunningHost) -> None:
    client = host.connect()
    client.exec_command("yes 31415926")
    wait_until(lambda: b"yes" in host.run("ps -eo args").out, "the command to run")

    client.close()

    wait_until(lambda: b"yes 31415926" not in host.run("ps -eo args").out, "the command to end")


def test_a_client_that_only_knocks_disturbs_nobody(host: RunningHost) -> None:
    def knock() -> None:
        with pytest.raises((paramiko.SSHException, OSError)):
            host.connect(password="wrong")

    knockers = [threading.Thread(target=knock) for _ in range(4)]
    for one in knockers:
        one.start()
    assert host.run("echo still here").out == b"still here\n"
    for one in knockers:
        one.join()


def test_a_key_of_the_authorized_keys_file_opens_the_door(tmp_path: Path) -> None:
    key = paramiko.ECDSAKey.generate()
    known = tmp_path / "authorized_keys"
    known.write_text(f"# keys\n{key.get_name()} {key.get_base64()} somebody@somewhere\n")
    host = RunningHost(tmp_path / "data", "--authorized-keys", str(known))
    try:
        assert run_on(host.connect(password=None, pkey=key), "echo in").out == b"in\n"
        with pytest.raises(paramiko.AuthenticationException):
            host.connect(password=None, pkey=paramiko.ECDSAKey.generate())
    finally:
        host.stop()
