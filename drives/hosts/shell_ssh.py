"""Commands over SSH. This file and `ssh_wire` are the only ones that know paramiko."""

import random
import threading
import time
from dataclasses import dataclass

import paramiko

from drives.hosts import sudo
from drives.hosts.dial import words
from drives.hosts.edge import limits
from drives.hosts.edge.misfit import too_long
from drives.hosts.errors import HostError, HostTimedOut, HostUnreachable, NoSudo
from drives.hosts.ports import CommandResult
from drives.hosts.ssh_exchange import Alarm, exchange
from drives.hosts.ssh_link import COMMANDS
from drives.hosts.ssh_login import SshLogin, Timeouts
from drives.hosts.ssh_wire import LOST, Wire, connect

CHANNELS_AT_ONCE = COMMANDS  # sshd allows ten by default and counts those that are still closing


@dataclass(frozen=True, slots=True)
class _Talk:
    """A command line with what it is to read, how long it and all before it may take, and how much it may print."""

    line: str
    stdin: bytes
    timeout_s: float
    most_bytes: int
    end: float  # by the monotonic clock


class _NoSession(Exception):
    """Nothing was asked of the host yet; `error` says why."""

    def __init__(self, error: HostError) -> None:
        super().__init__(str(error))
        self.error = error


class SshShell:
    """Runs commands on one host over one kept connection. Several threads may use it; a forked process may not."""

    def __init__(self, login: SshLogin, timeouts: Timeouts | None = None) -> None:
        self._login = login
        self._timeouts = timeouts or Timeouts()
        self._connecting = threading.Lock()
        self._free = threading.BoundedSemaphore(CHANNELS_AT_ONCE)
        self._wire: Wire | None = None

    def run(
        self, argv: tuple[str, ...], *, stdin: bytes = b"", timeout_s: float, most_bytes: int = limits.INVENTORY_BYTES
    ) -> CommandResult:
        """Run this command, as root, and wait for its end. Raises HostError."""
        login, end = self._login, time.monotonic() + max(timeout_s, limits.TOTAL_S)
        if not self._free.acquire(timeout=timeout_s):
            raise HostTimedOut(f"{login.host_name} is busy with {CHANNELS_AT_ONCE} other commands.")
        try:
            talk = _Talk(sudo.command_line(argv, user=login.user), stdin, timeout_s, most_bytes, end)
            result = self._run(talk)
        finally:
            self._free.release()
        if sudo.was_refused(result, user=login.user):
            raise NoSudo(
                f"{login.user} may not use sudo without a password on {login.host_name}. "
                "Log in as root, or allow this user NOPASSWD in sudoers.",
                stderr=result.stderr.decode(errors="replace")[-500:],
            )
        return result

    def close(self) -> None:
        """Let go of the connection. The next command opens another."""
        with self._connecting:
            if self._wire is not None:
                self._wire.hang_up()
                self._wire = None

    def _run(self, talk: _Talk) -> CommandResult:
        wire, is_new = self._connected(talk.end)
        try:
            return self._talk(wire, talk)
        except _NoSession as lost:
            if is_new:
                raise lost.error from lost
        time.sleep(random.uniform(0, 0.3))  # noqa: S311  others lost their connection at the same moment
        wire, _ = self._connected(talk.end)
        try:
            return self._talk(wire, talk)
        except _NoSession as lost:
            raise lost.error from lost

    def _talk(self, wire: Wire, talk: _Talk) -> CommandResult:
        """Run a command over this connection. Raises HostError, or _NoSession when nothing was asked yet."""
        name = self._login.host_name
        wire.link.begin()
        alarm = Alarm(wire.hang_up, max(0.0, min(talk.timeout_s, talk.end - time.monotonic())))
        try:
            result = self._exchange(wire, talk)
        except (_NoSession, *LOST) as error:
            if ended := _why_ended(name, wire, talk, alarm):
                raise ended from error
            if isinstance(error, _NoSession):
                raise
            raise HostUnreachable(f"{name} did not take the command: {words(error)}.") from error
        finally:
            alarm.cancel()
        if result.exit_code >= 0:
            return result
        raise _why_ended(name, wire, talk, alarm) or HostUnreachable(
            f"The connection to {name} was lost while a command ran."
        )

    def _exchange(self, wire: Wire, talk: _Talk) -> CommandResult:
        try:
            channel = self._open_session(wire.transport)
        except LOST as error:
            wire.hang_up()
            raise _NoSession(_no_session(error, self._login)) from error
        try:
            channel.exec_command(talk.line)
        except LOST:
            channel.close()
            raise
        name, allow = self._login.host_name, wire.link.allow
        return exchange(channel, talk.stdin, host_name=name, most_bytes=talk.most_bytes, allow=allow)

    def _open_session(self, transport: paramiko.Transport) -> paramiko.Channel:
        until = time.monotonic() + self._timeouts.open_s
        while True:
            try:
                return transport.open_session(timeout=self._timeouts.open_s)
            except paramiko.ChannelException:  # sshd still counts channels that are being closed
                if time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0.02, 0.15))  # noqa: S311

    def _connected(self, end: float) -> tuple[Wire, bool]:
        """Return the connection, and whether it was made for this question. It is made by one thread at a time."""
        name = self._login.host_name
        if not self._connecting.acquire(timeout=max(0.0, end - time.monotonic())):
            raise HostTimedOut(f"{name} took too long over the login of another command.")
        try:
            if self._wire is not None and self._wire.transport.is_active():
                return self._wire, False
            self._wire = connect(self._login, self._timeouts, max(0.0, end - time.monotonic()))
            return self._wire, True
        finally:
            self._connecting.release()


def _why_ended(name: str, wire: Wire, talk: _Talk, alarm: Alarm) -> HostError | None:
    """Return why we hung up; None when it was not us."""
    if alarm.rang:
        return alarm.as_error(name)
    return too_long(name, talk.most_bytes) if wire.link.overrun else None


def _no_session(error: Exception, login: SshLogin) -> HostError:
    if isinstance(error, paramiko.ChannelException):
        return HostUnreachable(f"{login.host_name} allows no more sessions at the moment.")
    if "Timeout" in str(error):
        return HostTimedOut(f"{login.host_name} has stopped answering.")
    return HostUnreachable(f"The connection to {login.host_name} was lost: {words(error)}.")
