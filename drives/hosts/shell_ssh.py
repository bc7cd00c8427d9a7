"""SSH to a host. The only file that knows paramiko."""

import io
import logging
import random
import socket
import threading
import time

import paramiko

from burnin_site.core.secrets import Secret
from drives.hosts import sudo
from drives.hosts.dial import dial, words
from drives.hosts.errors import (
    BadCredentials,
    HostError,
    HostRefusedLogin,
    HostTimedOut,
    HostUnreachable,
    NoSudo,
)
from drives.hosts.host_keys import HostKey, check_host_key
from drives.hosts.keys import read_private_key
from drives.hosts.ports import CommandResult
from drives.hosts.ssh_exchange import Alarm, exchange
from drives.hosts.ssh_login import SshLogin, Timeouts

CHANNELS_AT_ONCE = 4  # sshd allows ten by default and counts those that are still closing
KEEPALIVE_S = 15
LOGIN_TIMED_OUT = "Authentication timeout."  # how the library says so
LOST = (paramiko.SSHException, EOFError, OSError)
KEY_CLASSES: dict[str, type[paramiko.PKey]] = {
    "ed25519": paramiko.Ed25519Key,
    "rsa": paramiko.RSAKey,
    "ecdsa": paramiko.ECDSAKey,
}
# paramiko logs each lost connection with its traceback; here it becomes an error with a sentence.
LIBRARY_LOG = "drives.hosts.paramiko"
logging.getLogger(LIBRARY_LOG).setLevel(logging.CRITICAL)


class SshShell:
    """Runs commands on one host over one kept connection. Several threads may use it; a forked process may not."""

    def __init__(self, login: SshLogin, timeouts: Timeouts | None = None) -> None:
        self._login = login
        self._timeouts = timeouts or Timeouts()
        self._connecting = threading.Lock()
        self._free = threading.BoundedSemaphore(CHANNELS_AT_ONCE)
        self._transport: paramiko.Transport | None = None

    def run(self, argv: tuple[str, ...], *, stdin: bytes = b"", timeout_s: float) -> CommandResult:
        """Run this command, as root, and wait for its end. Raises HostError."""
        login = self._login
        if not self._free.acquire(timeout=timeout_s):
            raise HostTimedOut(f"{login.host_name} is busy with {CHANNELS_AT_ONCE} other commands.")
        try:
            result = self._run(sudo.command_line(argv, user=login.user), stdin, timeout_s)
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
            if self._transport is not None:
                self._transport.close()
                self._transport = None

    def _run(self, line: str, stdin: bytes, timeout_s: float) -> CommandResult:
        name = self._login.host_name
        transport, channel = self._open_channel()
        alarm = Alarm(transport.close, timeout_s)
        try:
            channel.exec_command(line)
            result = exchange(channel, stdin, host_name=name)
        except LOST as error:
            channel.close()
            if alarm.rang:
                raise alarm.as_error(name) from error
            raise HostUnreachable(f"{name} did not take the command: {words(error)}.") from error
        finally:
            alarm.cancel()
        if result.exit_code >= 0:
            return result
        if alarm.rang:
            raise alarm.as_error(name)
        raise HostUnreachable(f"The connection to {name} was lost while a command ran.")

    def _open_channel(self) -> tuple[paramiko.Transport, paramiko.Channel]:
        """Open a channel; over a new connection if the kept one has died unnoticed."""
        transport, is_new = self._connected()
        try:
            return transport, self._open_session(transport)
        except LOST as error:
            transport.close()
            if is_new:
                raise _no_session(error, self._login) from error
        time.sleep(random.uniform(0, 0.3))  # noqa: S311  others lost their connection at the same moment
        transport, _ = self._connected()
        try:
            return transport, self._open_session(transport)
        except LOST as error:
            transport.close()
            raise _no_session(error, self._login) from error

    def _open_session(self, transport: paramiko.Transport) -> paramiko.Channel:
        until = time.monotonic() + self._timeouts.open_s
        while True:
            try:
                return transport.open_session(timeout=self._timeouts.open_s)
            except paramiko.ChannelException:  # sshd still counts channels that are being closed
                if time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0.02, 0.15))  # noqa: S311

    def _connected(self) -> tuple[paramiko.Transport, bool]:
        with self._connecting:
            if self._transport is not None and self._transport.is_active():
                return self._transport, False
            self._transport = _connect(self._login, self._timeouts)
            return self._transport, True


def fetch_host_key(address: str, port: int, *, host_name: str, timeouts: Timeouts | None = None) -> HostKey:
    """Return the key that the host shows, without logging in. Raises HostError."""
    nothing = Secret("")
    login = SshLogin(host_name, address, port, "", nothing, nothing, nothing, "")
    transport = _greet(login, timeouts or Timeouts())
    try:
        return _shown_key(transport)
    finally:
        transport.close()


def _connect(login: SshLogin, timeouts: Timeouts) -> paramiko.Transport:
    if not login.key and not login.password:
        raise BadCredentials(f"{login.host_name} has neither a password nor a key. Enter one.")
    key = _own_key(login) if login.key else None
    transport = _greet(login, timeouts)
    try:
        check_host_key(_shown_key(transport), login)
        _log_in(transport, login, key, timeouts)
    except BaseException:
        transport.close()
        raise
    transport.set_keepalive(KEEPALIVE_S)
    return transport


def _own_key(login: SshLogin) -> paramiko.PKey:
    private = read_private_key(login.key, login.passphrase, host_name=login.host_name)
    return KEY_CLASSES[private.algorithm].from_private_key(io.StringIO(private.openssh.reveal()))


def _greet(login: SshLogin, timeouts: Timeouts) -> paramiko.Transport:
    """Agree on keys with the host. Nothing about the user is sent."""
    link = dial(login, timeouts)
    transport: paramiko.Transport | None = None
    try:
        transport = paramiko.Transport(link)
        transport.set_log_channel(LIBRARY_LOG)
        transport.banner_timeout = transport.handshake_timeout = timeouts.greet_s
        transport.auth_timeout = timeouts.login_s
        options = transport.get_security_options()
        if login.pinned_key:
            pinned = HostKey.parse(login.pinned_key).signature_algorithms
            others = tuple(kind for kind in options.key_types if kind not in pinned)
            options.key_types = (*pinned, *others)
        transport.start_client(timeout=timeouts.greet_s * 2)
        transport.get_remote_server_key()  # start_client returns quietly when its time is up
    except LOST as error:
        _hang_up(transport, link)
        raise _no_greeting(error, login) from error
    except BaseException:
        _hang_up(transport, link)
        raise
    return transport


def _hang_up(transport: paramiko.Transport | None, link: socket.socket) -> None:
    if transport is not None:
        transport.close()
    link.close()


def _shown_key(transport: paramiko.Transport) -> HostKey:
    key = transport.get_remote_server_key()
    return HostKey(key.get_name(), key.asbytes())


def _log_in(transport: paramiko.Transport, login: SshLogin, key: paramiko.PKey | None, timeouts: Timeouts) -> None:
    """Log in with the key, and with the password if there is one and the key was not enough."""
    started = time.monotonic()
    try:
        missing = _try_key_then_password(transport, login, key)
    except LOST as error:
        # the library goes by the time of day, which may be set: only what the host itself answered is a refusal
        if time.monotonic() - started >= timeouts.login_s or str(error) == LOGIN_TIMED_OUT:
            raise HostTimedOut(f"{login.host_name} did not answer the login in time.") from error
        if not transport.is_active() or not isinstance(error, paramiko.AuthenticationException):
            raise HostUnreachable(f"{login.host_name} closed the connection during the login.") from error
        raise _refused(error, login) from error
    if missing:
        raise HostRefusedLogin(f"{login.host_name} wants more than one proof from {login.user}: {', '.join(missing)}.")


def _try_key_then_password(transport: paramiko.Transport, login: SshLogin, key: paramiko.PKey | None) -> list[str]:
    if key is not None:
        try:
            missing = transport.auth_publickey(login.user, key)
        except paramiko.AuthenticationException as error:
            if not login.password or not transport.is_active() or str(error) == LOGIN_TIMED_OUT:
                raise
        else:
            if not missing or not login.password:
                return missing
    return transport.auth_password(login.user, login.password.reveal())


def _refused(error: Exception, login: SshLogin) -> HostRefusedLogin:
    name, user = login.host_name, login.user
    if isinstance(error, paramiko.BadAuthenticationType):
        allowed = ", ".join(error.allowed_types)
        return HostRefusedLogin(f"{name} does not let {user} log in this way. It allows: {allowed}.")
    if not login.key:
        return HostRefusedLogin(f"{name} did not accept the password of {user}. Enter it again.")
    also = " nor the password" if login.password else ""
    return HostRefusedLogin(
        f"{name} did not accept the key of {user}{also}. Check that its public key is in {user}'s authorized_keys."
    )


def _no_greeting(error: Exception, login: SshLogin) -> HostError:
    name, place = login.host_name, login.place
    if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
        return HostError(f"{name} offers no SSH method that is still safe. Update its SSH service.")
    if "Indecipherable protocol version" in str(error):
        return HostError(f"What answers at {place} is not SSH. Check the port of {name}.")
    if str(error) == "No existing session" or isinstance(error.__context__, TimeoutError):
        return HostTimedOut(f"{name} took the connection at {place} but then said nothing.")
    return HostUnreachable(f"{name} closed the connection at {place} before the login. It may be busy.")


def _no_session(error: Exception, login: SshLogin) -> HostError:
    if isinstance(error, paramiko.ChannelException):
        return HostUnreachable(f"{login.host_name} allows no more sessions at the moment.")
    if "Timeout" in str(error):
        return HostTimedOut(f"{login.host_name} has stopped answering.")
    return HostUnreachable(f"The connection to {login.host_name} was lost: {words(error)}.")
