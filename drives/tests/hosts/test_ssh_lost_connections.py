"""Hosts that are away, freeze, or drop the line."""

import signal
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from burnin_site.core.secrets import Secret
from drives.hosts.errors import HostError, HostTimedOut, HostUnreachable
from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_login import SshLogin
from drives.hosts.ssh_wire import fetch_host_key
from drives.tests.hosts.conftest import QUICK
from drives.tests.sshd import Sshd
from tests.lab.waiting import wait_until


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def login_at(address: str, port: int) -> SshLogin:
    return SshLogin("nas-1", address, port, "root", Secret("x"), Secret(""), Secret(""), "")


def test_a_dropped_connection_is_replaced_at_the_next_command(shell: SshShell, sshd: Sshd) -> None:
    shell.run(("true",), timeout_s=10)
    sshd.signal_sessions(signal.SIGKILL)
    assert shell.run(("echo", "back"), timeout_s=10).stdout == b"back\n"


def test_a_line_that_breaks_under_a_command_gives_no_half_answer(shell: SshShell, sshd: Sshd) -> None:
    failure: list[HostError] = []

    def run() -> None:
        try:
            shell.run(("sh", "-c", "echo half; sleep 15"), timeout_s=30)
        except HostError as error:
            failure.append(error)

    running = threading.Thread(target=run)
    running.start()
    wait_until(lambda: "exec sh -c" in sshd.log or "Starting session: command" in sshd.log, "the command runs")
    sshd.signal_sessions(signal.SIGKILL)
    running.join(10)
    assert [type(error) for error in failure] == [HostUnreachable]
    assert "nas-1" in str(failure[0])
    assert not failure[0].permanent


def test_a_command_that_was_killed_gives_no_answer(shell: SshShell) -> None:
    with pytest.raises(HostUnreachable, match="nas-1"):
        shell.run(("sh", "-c", "echo half; kill -9 $$"), timeout_s=10)


def test_a_frozen_host_is_noticed_and_recovers(shell: SshShell, sshd: Sshd) -> None:
    shell.run(("true",), timeout_s=10)
    sshd.process.send_signal(signal.SIGSTOP)
    sshd.signal_sessions(signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(HostTimedOut, match="nas-1"):
            shell.run(("true",), timeout_s=5)
    finally:
        sshd.signal_sessions(signal.SIGCONT)
        sshd.process.send_signal(signal.SIGCONT)
    assert time.monotonic() - began < 12
    assert shell.run(("echo", "thawed"), timeout_s=10).stdout == b"thawed\n"


def test_a_host_that_freezes_under_a_command_is_given_up_in_time(shell: SshShell, sshd: Sshd) -> None:
    freeze = f"kill -STOP {sshd.process.pid} $PPID; sleep 15"
    began = time.monotonic()
    try:
        with pytest.raises(HostTimedOut, match="nas-1"):
            shell.run(("sh", "-c", freeze), stdin=b"x" * 8_000_000, timeout_s=1)
    finally:
        sshd.signal_sessions(signal.SIGCONT)
        sshd.process.send_signal(signal.SIGCONT)
    assert time.monotonic() - began < 5


def test_a_closed_port_is_refused_in_words(sshd: Sshd) -> None:
    sshd.stop()
    with pytest.raises(HostUnreachable, match=rf"nas-1 refuses connections at 127\.0\.0\.1:{sshd.port}"):
        SshShell(sshd.login(sshd.authorize()), QUICK).run(("true",), timeout_s=5)


def test_a_name_that_does_not_exist_is_named() -> None:
    with pytest.raises(HostUnreachable, match="no machine with the name nas-1.invalid"):
        SshShell(login_at("nas-1.invalid", 22), QUICK).run(("true",), timeout_s=5)


def test_a_silent_port_times_out(silent_port: int) -> None:
    with pytest.raises(HostTimedOut, match="nas-1"):
        SshShell(login_at("127.0.0.1", silent_port), QUICK).run(("true",), timeout_s=5)


def test_a_server_that_is_not_ssh_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.recv(100)

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(HostError, match="nas-1"):
            fetch_host_key("127.0.0.1", port, host_name="nas-1", timeouts=QUICK)


def test_a_host_that_takes_no_more_sessions_says_so(sshd: Sshd) -> None:
    key = sshd.authorize()
    sshd.stop()
    config = sshd.folder / "sshd_config"
    config.write_text(config.read_text() + "\nMaxSessions 0\n")
    sshd.start()
    with pytest.raises(HostUnreachable, match="nas-1 allows no more sessions"):
        SshShell(sshd.login(key), QUICK).run(("true",), timeout_s=5)
