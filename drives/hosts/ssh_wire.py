"""A connection to a host's SSH server: keys agreed on, its own key checked, logged in."""

import io
import logging
import struct
import time
from dataclasses import dataclass
from typing import Any, cast

import paramiko
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from paramiko.packet import Packetizer

from burnin_site.core.secrets import Secret
from drives.hosts.dial import dial
from drives.hosts.edge import limits
from drives.hosts.edge.misfit import too_long
from drives.hosts.edge.texts import plain
from drives.hosts.errors import BadCredentials, HostError, HostRefusedLogin, HostTimedOut, HostUnreachable
from drives.hosts.host_keys import HostKey, check_host_key
from drives.hosts.keys import read_private_key
from drives.hosts.ssh_exchange import Alarm
from drives.hosts.ssh_link import WINDOW, Link, refuse_endless
from drives.hosts.ssh_login import SshLogin, Timeouts

KEEPALIVE_S = 15
LOGIN_TIMED_OUT = "Authentication timeout."  # how the library says so
# The library lets through whatever goes wrong while it reads a malformed message.
MALFORMED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, struct.error)
BAD_CRYPTO = (InvalidSignature, InvalidTag, UnsupportedAlgorithm)
LOST = (paramiko.SSHException, EOFError, OSError, *MALFORMED, *BAD_CRYPTO)
KEY_CLASSES: dict[str, type[paramiko.PKey]] = {
    "ed25519": paramiko.Ed25519Key,
    "rsa": paramiko.RSAKey,
    "ecdsa": paramiko.ECDSAKey,
}
# paramiko logs each lost connection with its traceback; here it becomes an error with a sentence.
LIBRARY_LOG = "drives.hosts.paramiko"
logging.getLogger(LIBRARY_LOG).setLevel(logging.CRITICAL)


class _Reader(Packetizer):
    """Reads messages; one that claims what it cannot have ends the connection."""

    def read_message(self) -> Any:
        """Read the next message: its kind, and the rest."""
        kind, message = super().read_message()
        refuse_endless(kind, message.asbytes())
        return kind, message


@dataclass(frozen=True, slots=True)
class Wire:
    """A connection, and the socket below it that counts."""

    transport: paramiko.Transport
    link: Link

    def hang_up(self) -> None:
        """Close it. Whoever waits for the other side sees the end."""
        self.transport.close()
        self.link.close()


def fetch_host_key(address: str, port: int, *, host_name: str, timeouts: Timeouts | None = None) -> HostKey:
    """Return the key that the host shows, without logging in. Raises HostError."""
    nothing = Secret("")
    login = SshLogin(host_name, address, port, "", nothing, nothing, nothing, "")
    wire = _greet(login, timeouts or Timeouts())
    try:
        return _shown_key(wire.transport)
    finally:
        wire.hang_up()


def connect(login: SshLogin, timeouts: Timeouts, seconds: float) -> Wire:
    """Log in. Raises HostError, at the latest after this time."""
    if not login.key and not login.password:
        raise BadCredentials(f"{login.host_name} has neither a password nor a key. Enter one.")
    key = _own_key(login) if login.key else None
    end = time.monotonic() + seconds
    wire = _greet(login, timeouts)
    alarm = Alarm(wire.hang_up, max(0.0, end - time.monotonic()))
    try:
        check_host_key(_shown_key(wire.transport), login)
        _log_in(wire.transport, login, key, timeouts)
    except BaseException as error:
        wire.hang_up()
        if alarm.rang and isinstance(error, HostError):
            raise HostTimedOut(f"{login.host_name} did not finish the login in time.") from error
        raise
    finally:
        alarm.cancel()
    wire.transport.set_keepalive(KEEPALIVE_S)
    return wire


def _own_key(login: SshLogin) -> paramiko.PKey:
    private = read_private_key(login.key, login.passphrase, host_name=login.host_name)
    return KEY_CLASSES[private.algorithm].from_private_key(io.StringIO(private.openssh.reveal()))


def _greet(login: SshLogin, timeouts: Timeouts) -> Wire:
    """Agree on keys with the host. Nothing about the user is sent."""
    link = Link(dial(login, timeouts))
    wire: Wire | None = None
    try:
        wire = Wire(_transport(link, timeouts), link)
        transport = wire.transport
        options = transport.get_security_options()
        if login.pinned_key:
            pinned = HostKey.parse(login.pinned_key).signature_algorithms
            others = tuple(kind for kind in options.key_types if kind not in pinned)
            options.key_types = (*pinned, *others)
        transport.start_client(timeout=timeouts.greet_s * 2)
        transport.get_remote_server_key()  # start_client returns quietly when its time is up
    except LOST as error:
        _close(wire, link)
        raise _no_greeting(error, login, overrun=link.overrun) from error
    except BaseException:
        _close(wire, link)
        raise
    return wire


def _transport(link: Link, timeouts: Timeouts) -> paramiko.Transport:
    transport = paramiko.Transport(cast(Any, link), default_window_size=WINDOW, packetizer_class=_Reader)
    transport.set_log_channel(LIBRARY_LOG)
    transport.banner_timeout = transport.handshake_timeout = timeouts.greet_s
    transport.auth_timeout = timeouts.login_s
    return transport


def _close(wire: Wire | None, link: Link) -> None:
    if wire is not None:
        wire.hang_up()
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
        allowed = ", ".join(plain(kind, 40) for kind in error.allowed_types[:8])
        return HostRefusedLogin(f"{name} does not let {user} log in this way. It allows: {allowed}.")
    if not login.key:
        return HostRefusedLogin(f"{name} did not accept the password of {user}. Enter it again.")
    also = " nor the password" if login.password else ""
    return HostRefusedLogin(
        f"{name} did not accept the key of {user}{also}. Check that its public key is in {user}'s authorized_keys."
    )


def _no_greeting(error: Exception, login: SshLogin, *, overrun: bool) -> HostError:
    name, place = login.host_name, login.place
    if overrun:
        return too_long(name, limits.GREETING_BYTES)
    if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
        return HostError(f"{name} offers no SSH method that is still safe. Update its SSH service.")
    if "Indecipherable protocol version" in str(error):
        return HostError(f"What answers at {place} is not SSH. Check the port of {name}.")
    if str(error) == "No existing session" or isinstance(error.__context__, TimeoutError):
        return HostTimedOut(f"{name} took the connection at {place} but then said nothing.")
    return HostUnreachable(f"{name} closed the connection at {place} before the login. It may be busy.")
