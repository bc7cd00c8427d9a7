"""The first packet to a host, and words for what the network says."""

import socket

from drives.hosts.errors import HostTimedOut, HostUnreachable
from drives.hosts.ssh_login import SshLogin, Timeouts


def dial(login: SshLogin, timeouts: Timeouts) -> socket.socket:
    """Return a connection to the host's SSH port. Raises HostUnreachable, HostTimedOut."""
    name, place = login.host_name, login.place
    try:
        link = socket.create_connection((login.address, login.port), timeout=timeouts.dial_s)
    except (socket.gaierror, UnicodeError) as error:
        raise HostUnreachable(
            f"There is no machine with the name {login.address}. Check the address of {name}."
        ) from error
    except ConnectionRefusedError as error:
        raise HostUnreachable(
            f"{name} refuses connections at {place}. Check that its SSH service runs, and the port."
        ) from error
    except TimeoutError as error:
        raise HostTimedOut(
            f"{name} does not answer at {place}. Check that it is switched on, and the address."
        ) from error
    except OSError as error:
        raise HostUnreachable(f"{name} cannot be reached at {place}: {words(error)}.") from error
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # 48 ms a command without
    return link


def words(error: Exception) -> str:
    """Return what an error of a library says, fit for the end of a sentence."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (said or type(error).__name__).rstrip(".")
