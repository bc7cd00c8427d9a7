"""Secrets that a first run makes for itself, one file each, for their owner only.

A file that is there and cannot be used ends the start with a sentence: a secret that is made anew in its place would
cut this installation off from all that the old one protects. Whether one that is *missing* was lost, only the database
can tell: `stored_secrets` for the one, `jobs.run_names` for the other.
"""

import base64
import binascii
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from burnin_site.own_files import NotOurs, open_own

SECRET_BYTES = 32
LEAST_CHARACTERS = 16  # a secret_key that somebody typed; one of ours has 44
MOST_BYTES = 64 * 1024  # hundreds of keys
INSTANCE_NAME = re.compile(r"[0-9a-z]{4,16}")
BACKUP = "Put the backup of this file back"


@dataclass(frozen=True, slots=True)
class SecretFile:
    """What stands in such a file. `made`: by this process, just now."""

    path: Path
    text: str
    made: bool = False


def read_or_create_secret(path: Path) -> SecretFile:
    """Return the secret in this file; the first caller makes it (32 random bytes, url-safe base64, mode 0600).

    Two processes that start at once agree on one secret: the file appears whole, by a hard link that only one of them
    can make. Raises NotOurs: the file cannot be read, or what stands in it cannot be a secret.
    """
    made = not os.path.lexists(path) and _make(path)
    try:
        descriptor, _ = open_own(path, os.O_RDONLY)
    except FileNotFoundError as error:
        raise NotOurs(f"{path} vanished while it was read. {BACKUP}, and start again.") from error
    with os.fdopen(descriptor, "rb") as file:
        text = _readable(path, file.read(MOST_BYTES + 1))
    return SecretFile(path, text, made=made)


@dataclass(frozen=True, slots=True)
class Keys:
    """The two secrets of an installation. A file is None where the environment gives the secret."""

    secret_key: str
    encryption: list[str]
    secret_key_file: SecretFile | None
    encryption_file: SecretFile | None

    @property
    def made(self) -> list[Path]:
        """The files that this very process made. One may stand where a lost one was: `start` finds that out."""
        return [file.path for file in (self.secret_key_file, self.encryption_file) if file and file.made]


def take_keys(secret_key: str, encryption: str, folder: Path) -> Keys:
    """Return the secrets that were given, or those in this folder's files. Raises NotOurs: one cannot be used."""
    first = None if secret_key else read_or_create_secret(folder / "secret_key")
    second = None if encryption else read_or_create_secret(folder / "field_encryption_keys")
    keys = [key.strip() for key in (second.text if second else encryption).split(",") if key.strip()]
    _check_encryption_keys(keys, str(second.path) if second else "FIELD_ENCRYPTION_KEYS")
    return Keys(first.text if first else secret_key, keys, first, second)


def instance_name(given: str, secret_key: str) -> str:
    """Return what the runs of this installation are called by on a host: what was given, or made from the secret key.

    Raises NotOurs: what was given is no such name.
    """
    if given and not INSTANCE_NAME.fullmatch(given):
        raise NotOurs("INSTANCE_ID must be 4 to 16 small letters and digits. Copy it from the sentence that named it.")
    return given or hashlib.sha256(f"instance:{secret_key}".encode()).hexdigest()[:8]


def _check_encryption_keys(keys: list[str], where: str) -> None:
    """Raise NotOurs when one of these is not a Fernet key, or there is none. The sentence does not show it."""
    if not keys:
        raise NotOurs(f"There is no key in {where}. Put the backup back.")
    for number, key in enumerate(keys, start=1):
        try:
            whole = len(base64.b64decode(key, altchars=b"-_", validate=True)) == SECRET_BYTES
        except (binascii.Error, ValueError):
            whole = False
        if not whole:
            raise NotOurs(
                f"Key {number} of {len(keys)} in {where} is damaged or no Fernet key (32 bytes, url-safe base64). "
                "Put the backup back: without it the stored passwords and keys of the hosts cannot be read."
            )


def _make(path: Path) -> bool:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor, _ = open_own(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)))
        file.flush()
        os.fsync(file.fileno())  # an empty file after a power cut would end every later start
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False  # the other process was first; its secret is the one
    finally:
        draft.unlink()
    return True


def _readable(path: Path, content: bytes) -> str:
    if not content.strip():
        raise NotOurs(f"{path} is empty. {BACKUP}; for a new installation, remove the file: one is made then.")
    try:
        text = content.decode("ascii").strip()
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not LEAST_CHARACTERS <= len(text) <= MOST_BYTES:
        raise NotOurs(
            f"{path} is damaged: it does not hold one line of {LEAST_CHARACTERS} characters or more. {BACKUP}."
        )
    return text
