"""Trying a host's SSH login and saying in words what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from drives.hosts import connect
from drives.hosts.errors import HostError
from drives.hosts.host_keys import HostKey
from drives.models import Host

PACKAGES = {"smartctl": "smartmontools", "badblocks": "e2fsprogs"}


@dataclass(frozen=True, slots=True)
class SshTest:
    """How the test went. `trusted`: the shown key is the accepted one."""

    ok: bool
    error: str = ""
    host_key_fingerprint: str = ""
    trusted: bool = False
    tools: dict[str, Any] = field(default_factory=dict)


def test_ssh(*, host: Host) -> SshTest:
    """Log in, run the host program, and look for the tools. A host's trouble is a sentence in `error`, never raised."""
    try:
        shown = connect.host_key_of(host)
    except HostError as error:
        return SshTest(ok=False, error=str(error))
    trusted = _is_pinned(shown, host)
    try:
        hello = _hello(host)
    except HostError as error:
        return SshTest(ok=False, error=str(error), host_key_fingerprint=shown.fingerprint, trusted=trusted)
    tools = dict(hello.get("tools") or {})
    Host.objects.filter(pk=host.pk).update(tools=tools)
    error_text = _missing(hello, tools, host.name)
    return SshTest(not error_text, error_text, shown.fingerprint, trusted, tools)


def _hello(host: Host) -> dict[str, Any]:
    shell = connect.open_new_shell(host)
    try:
        return connect.program_over(shell, host).hello()
    finally:
        shell.close()


def _is_pinned(shown: HostKey, host: Host) -> bool:
    return bool(host.host_key) and host.host_key.split()[:2] == shown.text.split()


def _missing(hello: dict[str, Any], tools: dict[str, Any], host_name: str) -> str:
    if not hello.get("root", True):
        return f"The login on {host_name} may not do everything. Log in as root, or allow sudo without a password."
    missing = [
        f"{tool} was not found on {host_name}. Install the package {package}."
        for tool, package in PACKAGES.items()
        if not tools.get(tool)
    ]
    return " ".join(missing)
