"""The SSH face: a real server that runs real commands in the simulated root."""

import hmac
import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from mock_truenas.faces.ssh_exec import Execution
from mock_truenas.faces.ssh_transport import OrderlyTransport
from mock_truenas.processes import Processes

logger = logging.getLogger(__name__)
USER = "root"
BACKLOG = 64
LOGIN_TIMEOUT_S = 30
KEEPALIVE_S = 15
LONGEST_REPLY_S = 0.5
NO_SHELL = b"This pretend host runs commands only: ssh root@host COMMAND.\n"


class Logins(NamedTuple):
    """Who is let in."""

    password: str
    authorized_keys: Path | None


class SshServer:
    """Listens, and serves each connection in a thread of its own."""

    def __init__(self, address: tuple[str, int], key: paramiko.PKey, logins: Logins, processes: Processes) -> None:
        self._key = key
        self._logins = logins
        self._processes = processes
        self._listener = socket.create_server(address, backlog=BACKLOG)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Take connections from now on."""
        threading.Thread(target=self._accept, name="ssh", daemon=True).start()

    def stop(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport = OrderlyTransport(connection)
            transport.auth_timeout = LOGIN_TIMEOUT_S
            transport.add_server_key(self._key)
            transport.start_server(server=Session(self._logins, self._processes))
            transport.set_keepalive(KEEPALIVE_S)
            transport.hold_channels()
        except (paramiko.SSHException, EOFError, OSError) as problem:
            logger.info("a connection ended before the login: %s", problem)
            connection.close()


class Session(paramiko.ServerInterface):
    """What one client may do."""

    def __init__(self, logins: Logins, processes: Processes) -> None:
        self._logins = logins
        self._processes = processes

    def get_allowed_auths(self, username: str) -> str:
        """Name the ways to log in."""
        return "publickey,password"

    def check_auth_password(self, username: str, password: str) -> int:
        """Let root in with the right password."""
        right = hmac.compare_digest(password.encode(), self._logins.password.encode())
        return _verdict(username, right=right)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Let root in with a key of the authorized_keys file, which is read anew each time."""
        return _verdict(username, right=key.get_base64() in _keys_in(self._logins.authorized_keys))

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Allow sessions, nothing else."""
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """Run a command."""
        text = command.decode("utf-8", "surrogateescape")
        _after_reply(channel, Execution(channel, text, self._processes).run)
        return True

    def check_channel_pty_request(self, *_: object) -> bool:
        """There is no terminal here."""
        return False

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        """Say that there is no shell, and hang up."""
        _after_reply(channel, lambda: _refuse_shell(channel))
        return True


def _after_reply(channel: paramiko.Channel, work: Callable[[], None]) -> None:
    """Do the work in a thread once the client has been told that its request is granted."""
    replied = threading.Event()
    transport = channel.get_transport()
    if isinstance(transport, OrderlyTransport):
        transport.awaiting_reply.append(replied)

    def begin() -> None:
        # A client that wants no reply gets none; its command starts all the same.
        replied.wait(LONGEST_REPLY_S)
        work()

    threading.Thread(target=begin, daemon=True).start()


def _refuse_shell(channel: paramiko.Channel) -> None:
    try:
        channel.sendall_stderr(NO_SHELL)
        channel.send_exit_status(1)
    except OSError:
        logger.info("a client that asked for a shell has gone")
    finally:
        channel.close()


def _verdict(username: str, *, right: bool) -> int:
    good = right and username == USER
    return AUTH_SUCCESSFUL if good else AUTH_FAILED


def _keys_in(path: Path | None) -> set[str]:
    if path is None or not path.exists():
        return set()
    words = (line.split() for line in path.read_text().splitlines())
    return {word for line in words if line[:1] != ["#"] for word in line if word.startswith("AAAA")}
