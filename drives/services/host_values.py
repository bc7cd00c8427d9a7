"""What a person may enter about a host, and what makes it wrong."""

import copy
import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from burnin_site.core.errors import BurninError
from burnin_site.core.one_line import wrong_line, wrong_secret
from burnin_site.core.secrets import Secret
from drives.hosts.errors import BadCredentials
from drives.hosts.keys import read_private_key
from drives.models import Host, HostKind
from drives.models.host import BASE_DIR
from drives.services.host_addresses import wrong_api_key, wrong_api_url, wrong_ssh_host, wrong_ssh_user
from drives.services.host_secrets import secrets_to_enter_again
from drives.services.working_folders import wrong_base_dir

SECRETS = frozenset({"api_key", "ssh_password", "ssh_key", "ssh_key_passphrase"})
PLACE = frozenset({"ssh_host", "ssh_port"})
LOGIN = PLACE | SECRETS | {"ssh_user", "api_url", "verify_tls"}
EDITABLE = LOGIN | {"name", "kind", "base_dir", "max_parallel", "simulated", "armed"}
WAY_IN = frozenset({"kind", "ssh_host", "api_url"})
CHECKS = {
    "name": wrong_line,
    "ssh_host": wrong_ssh_host,
    "ssh_user": wrong_ssh_user,
    "api_url": wrong_api_url,
    "api_key": wrong_api_key,
    "base_dir": wrong_base_dir,
    "ssh_password": wrong_secret,
    "ssh_key_passphrase": wrong_secret,
}
SAFE_FOLDER = re.compile(r"/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+")


class InvalidHost(BurninError):
    """What was entered about a host cannot be right. `detail["fields"]` says where."""

    code = "invalid"
    status = 422


class UnusableKey(InvalidHost):
    """The private key or its passphrase that was entered cannot be used."""

    code = "bad_credentials"


class SecretNeeded(InvalidHost):
    """The host moves, and the secrets that would go along must be entered again. `detail["fields"]` names them."""

    code = "secret_needed"


def apply(host: Host, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set these values on the host and return what they replaced. A blank secret means: as it was; None removes it.

    Raises InvalidHost, or SecretNeeded when a stored secret would go to another place.
    """
    unknown = set(values) - EDITABLE
    if unknown:
        raise InvalidHost(f"A host has no such values: {', '.join(sorted(unknown))}.")
    before = copy.copy(host)
    replaced = {}
    for field, value in values.items():
        if field in SECRETS and value == "":
            continue
        wanted = _tidy(field, value)
        if wanted != getattr(host, field):
            replaced[field] = getattr(host, field)
            setattr(host, field, wanted)
    _check(host, replaced)
    again = {} if host._state.adding else secrets_to_enter_again(before, host, values)  # noqa: SLF001  documented
    if again:
        raise SecretNeeded(_sentence(again), fields=again)
    return replaced


def for_audit(host: Host, replaced: Mapping[str, Any]) -> dict[str, Any]:
    """Return what changed, old and new; of secrets only that they did."""
    return {
        field: "changed" if field in SECRETS else {"from": old, "to": getattr(host, field)}
        for field, old in sorted(replaced.items())
    }


def _tidy(field: str, value: Any) -> Any:
    if field in SECRETS:
        return (value or "").strip() if field == "api_key" else value or ""
    if field == "base_dir":
        return str(value).strip().rstrip("/")
    return value.strip() if isinstance(value, str) else value


def _check(host: Host, replaced: Mapping[str, Any]) -> None:
    """Refuse what is wrong. What was stored long ago and stays as it is does not stand in the way of a change."""
    wrong = _wrong_by_itself(host)
    for field in CHECKS.keys() & replaced.keys() - wrong.keys():
        said = CHECKS[field](getattr(host, field))
        if said:
            wrong[field] = [said]
    if host._state.adding or WAY_IN & replaced.keys():  # noqa: SLF001  documented
        wrong = {**_no_way_in(host), **wrong}
    if wrong:
        raise InvalidHost(_sentence(wrong), fields=wrong)
    if host.ssh_key and {"ssh_key", "ssh_key_passphrase"} & replaced.keys():
        _check_key(host)


def _sentence(wrong: Mapping[str, list[str]]) -> str:
    sentences = [f"{field}: {' '.join(said)}" for field, said in sorted(wrong.items())]
    return f"This host cannot be saved. {' '.join(sentences)}"


def _wrong_by_itself(host: Host) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    try:
        host.full_clean()
    except ValidationError as error:
        wrong = error.message_dict
    if not SAFE_FOLDER.fullmatch(host.base_dir) or ".." in host.base_dir:
        wrong["base_dir"] = [f"Enter the full path of a folder of its own, like {BASE_DIR}."]
    return wrong


def _no_way_in(host: Host) -> dict[str, list[str]]:
    if host.kind == HostKind.SSH and not host.ssh_host:
        return {"ssh_host": ["Enter the address of the host's SSH server."]}
    if host.kind == HostKind.TRUENAS and not host.api_url and not host.ssh_host:
        return {"api_url": ["Enter the address of TrueNAS here, or that of its SSH server as ssh_host."]}
    return {}


def _check_key(host: Host) -> None:
    try:
        read_private_key(Secret(host.ssh_key), Secret(host.ssh_key_passphrase), host_name=host.name)
    except BadCredentials as error:
        raise UnusableKey(str(error), fields={"ssh_key": [str(error)]}) from error
