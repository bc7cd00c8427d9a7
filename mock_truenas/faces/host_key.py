"""The SSH identity of the pretend host, the same after every start."""

import os
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def load_or_make(folder: Path) -> paramiko.PKey:
    """Give the host key kept in the folder; make one at the first start."""
    path = folder / "ssh_host_ed25519_key"
    if not path.exists():
        text = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        draft.replace(path)
    return paramiko.Ed25519Key.from_private_key_file(str(path))
