"""Small JSON files that several short programs share: read whole, replaced whole, changed under a lock."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def read(path: Path) -> Any:
    """Give what the file holds, or None when there is no such file."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def write(path: Path, content: Any) -> None:
    """Replace the file so that a reader sees the old or the new content, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{id(content)}")
    draft.write_text(json.dumps(content))
    draft.replace(path)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Keep everybody else who asks for the same lock waiting."""
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
