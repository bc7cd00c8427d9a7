"""Private keys from text, in memory only."""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from burnin_site.core.secrets import Secret
from drives.hosts.errors import BadCredentials

UsableKey = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key in the one format that the SSH library reads for every algorithm."""

    algorithm: str
    openssh: Secret


def read_private_key(text: Secret, passphrase: Secret, *, host_name: str) -> PrivateKey:
    """Read an RSA, Ed25519 or ECDSA key in PEM or OpenSSH format.

    Raises BadCredentials: no key at all, another format, a missing or wrong passphrase.
    """
    pem = text.reveal().strip().replace("\r\n", "\n") + "\n"
    _refuse_other_formats(pem, host_name)
    key = _load(pem.encode(), passphrase.reveal().encode(), host_name)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        algorithm = "ed25519"
    elif isinstance(key, rsa.RSAPrivateKey):
        algorithm = "rsa"
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        algorithm = "ecdsa"
    else:
        raise BadCredentials(
            f"The private key of {host_name} is of a kind that cannot be used. Make an Ed25519, ECDSA or RSA key."
        )
    written = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return PrivateKey(algorithm, Secret(written.decode()))


def _refuse_other_formats(pem: str, host_name: str) -> None:
    if pem.startswith("PuTTY-User-Key-File"):
        raise BadCredentials(
            f"The private key of {host_name} is in PuTTY's format. Export it from PuTTYgen as an OpenSSH key."
        )
    if pem.startswith(("ssh-", "ecdsa-", "---- BEGIN SSH2 PUBLIC")):
        raise BadCredentials(
            f"The key of {host_name} is a public key. Paste the private one; it begins with -----BEGIN."
        )
    if "PRIVATE KEY-----" not in pem:
        raise BadCredentials(
            f"The private key of {host_name} is not a key. Paste all of it, with its BEGIN and END lines."
        )


def _load(pem: bytes, passphrase: bytes, host_name: str) -> object:
    read = load_ssh_private_key if b"BEGIN OPENSSH" in pem else load_pem_private_key
    if passphrase and not _is_encrypted(pem, read):
        passphrase = b""
    try:
        return read(pem, password=passphrase or None)
    except TypeError as error:
        raise BadCredentials(f"The private key of {host_name} has a passphrase. Enter the passphrase too.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        wrong = "the passphrase is wrong or the key is damaged" if passphrase else "it is damaged"
        raise BadCredentials(f"The private key of {host_name} cannot be read: {wrong}. Enter both again.") from error


def _is_encrypted(pem: bytes, read: Callable[..., object]) -> bool:
    try:
        read(pem, password=None)
    except TypeError:
        return True
    except (ValueError, UnsupportedAlgorithm):
        return True
    return False
