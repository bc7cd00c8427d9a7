"""Host keys as people compare them: algorithm, key, fingerprint."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Self

from drives.hosts.errors import BadCredentials, HostKeyChanged, HostKeyUnknown
from drives.hosts.ssh_login import SshLogin


@dataclass(frozen=True, slots=True)
class HostKey:
    """The public key that a host shows before anybody logs in."""

    algorithm: str
    blob: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "ssh-ed25519 AAAA…", with or without a comment behind it.

        Raises BadCredentials: this is no host key.
        """
        words = text.split()
        try:
            key = cls(words[0], base64.b64decode(words[1], validate=True))
        except (IndexError, binascii.Error) as error:
            raise BadCredentials("The pinned host key cannot be read. Accept the key of this host again.") from error
        if not key.blob.startswith(len(key.algorithm).to_bytes(4, "big") + key.algorithm.encode()):
            raise BadCredentials("The pinned host key does not fit its algorithm. Accept the key of this host again.")
        return key

    @property
    def text(self) -> str:
        """The key as it is stored and as known_hosts has it."""
        return f"{self.algorithm} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """The key as `ssh-keygen -l` shows it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"

    @property
    def signature_algorithms(self) -> tuple[str, ...]:
        """What to ask the host for, so that it shows this key and not another one that it also has."""
        if self.algorithm == "ssh-rsa":  # the key type keeps its name, SHA-1 signatures are gone
            return ("rsa-sha2-512", "rsa-sha2-256")
        return (self.algorithm,)


def check_host_key(shown: HostKey, login: SshLogin) -> None:
    """Refuse a host whose key nobody has accepted. Raises HostKeyUnknown, HostKeyChanged."""
    name, detail = login.host_name, {"key": shown.text, "fingerprint": shown.fingerprint}
    if not login.pinned_key:
        raise HostKeyUnknown(
            f"Nobody has accepted the key of {name} yet. It shows {shown.fingerprint}. "
            "Compare it on the host and accept it.",
            **detail,
        )
    if shown != HostKey.parse(login.pinned_key):
        raise HostKeyChanged(
            f"{name} shows another key than the one that was accepted: {shown.fingerprint}. "
            "Find out why before you accept it: it may be another machine.",
            **detail,
        )
