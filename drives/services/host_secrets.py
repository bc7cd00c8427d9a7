"""A stored secret goes to the place for which it was entered, and to no other.

Whoever could change where a host is would read its secrets out: by pointing it at a machine of their own, or at plain
http. So a change of place asks for the secrets again that go there. It is no change when a place is removed: then
nothing is sent, and the next place asks.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from drives.hosts.inventory_rest import base_of
from drives.models import Host

DEFAULT_PORTS = {"http": 80, "https": 443}
SSH_PLACE = ("ssh_host", "ssh_port", "ssh_user")
# Not the passphrase: it opens the key here, and is never sent.
SSH_SECRETS = ("ssh_password", "ssh_key")
WORDS = {"ssh_password": "password", "ssh_key": "private key", "api_key": "API key"}


def secrets_to_enter_again(before: Host, after: Host, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a sentence for each stored secret that would go to another place than before, and was not `given` anew.

    A secret given as None is removed, which is as good. The same secret may be given again.
    """
    wrong: dict[str, list[str]] = {}
    if _ssh_moves(before, after):
        wrong |= {name: [_again(name, "SSH address, port or user")] for name in SSH_SECRETS}
    if _api_moves(before, after):
        wrong["api_key"] = [_again("api_key", "TrueNAS address")]
    elif _check_is_dropped(before, after):
        wrong["api_key"] = [_again("api_key", "check of the TLS certificate")]
    return {name: said for name, said in wrong.items() if getattr(before, name) and not _is_given(name, given)}


def _again(name: str, what: str) -> str:
    return f"The {what} changed: enter the {WORDS[name]} again, so that a stored one is not sent elsewhere."


def _is_given(name: str, given: Mapping[str, Any]) -> bool:
    return name in given and given[name] != ""


def _ssh_moves(before: Host, after: Host) -> bool:
    return bool(after.ssh_host) and any(getattr(before, name) != getattr(after, name) for name in SSH_PLACE)


def _api_moves(before: Host, after: Host) -> bool:
    return bool(after.api_url) and _api_place(before.api_url) != _api_place(after.api_url)


def _check_is_dropped(before: Host, after: Host) -> bool:
    return bool(after.api_url) and before.verify_tls and not after.verify_tls


def _api_place(address: str) -> tuple[str, str, int | None, str]:
    """Return scheme, host, port and path of an API: what is written differently and means the same is the same."""
    try:
        parts = urlsplit(base_of(address))
        port = DEFAULT_PORTS.get(parts.scheme) if parts.port is None else parts.port
        return parts.scheme, parts.hostname or "", port, parts.path
    except ValueError:  # it is refused for what it is
        return "", address, None, ""
