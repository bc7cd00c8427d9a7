"""What can go wrong between us and a host, in the words a person reads."""

from typing import Any, ClassVar

from burnin_site.core.errors import BurninError
from drives.hosts.edge.texts import plain, sentence


class HostError(BurninError):
    """A host could not do what was asked.

    `permanent`: waiting will not help, a person must look. Otherwise the work waits and tries again.
    `stops_host`: nothing more may be sent to this host at all until an admin has looked.

    The words may be the host's own: whatever they are, they become one sentence that can be stored and shown.
    """

    code: ClassVar[str] = "host_error"
    permanent: ClassVar[bool] = True
    stops_host: ClassVar[bool] = False

    def __init__(self, message: str, **detail: Any) -> None:
        told = {name: plain(value) if isinstance(value, str) else value for name, value in detail.items()}
        super().__init__(sentence(message), **told)


class HostUnreachable(HostError):
    """No connection: refused, no route, no such name."""

    code = "host_unreachable"
    permanent = False


class HostTimedOut(HostError):
    """The host did not answer in time."""

    code = "host_timed_out"
    permanent = False


class HostCutOff(HostError):
    """What was asked for was ended before it answered: the host goes down, or something there killed it."""

    code = "host_cut_off"
    permanent = False


class HostRefusedLogin(HostError):
    """The user, password or key was not accepted."""

    code = "login_refused"
    stops_host = True


class HostKeyUnknown(HostError):
    """Nobody has accepted this host's key yet. `detail` has key and fingerprint."""

    code = "host_key_unknown"
    stops_host = True


class HostKeyChanged(HostError):
    """The host shows another key than the one that was accepted. `detail` has the new fingerprint."""

    code = "host_key_changed"
    stops_host = True


class BadCredentials(HostError):
    """What was stored for this host cannot be used: no credentials, a key that cannot be read, a wrong passphrase."""

    code = "bad_credentials"


class NoSudo(HostError):
    """The user is not root and may not use sudo without a password."""

    code = "no_sudo"


class ToolMissing(HostError):
    """A program that the work needs is not installed on the host."""

    code = "tool_missing"


class HostSaidNo(HostError):
    """The host-side program refused, with its own sentence and code in `detail`."""

    code = "host_said_no"


class UnsafeFolder(HostError):
    """The working folder on the host, or something in it, is not ours alone: nothing in it is believed or run."""

    code = "unsafe_folder"


class HostFull(HostError):
    """There is no room on the host's disk for what must be written down there."""

    code = "host_full"
    permanent = False


class HostTroubled(HostError):
    """Something on the host is wrong that says nothing about what was asked: it may be right the next time."""

    code = "host_troubled"
    permanent = False


class SimulationMismatch(HostError):
    """A host that is marked real answered as a simulated one, or the other way round."""

    code = "simulation_mismatch"
