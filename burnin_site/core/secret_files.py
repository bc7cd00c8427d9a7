"""Secrets that a first run makes for itself, one file each, readable by the owner only."""

import base64
import os
import secrets
from pathlib import Path


def read_or_create_secret(path: Path) -> str:
    """Return the secret in this file; the first caller makes it (32 random bytes, url-safe base64, mode 0600).

    Two processes that start at once agree on one secret: the file appears whole, by a hard link that only one of them
    can make.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other process was first; its secret is the one
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
