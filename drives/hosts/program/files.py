"""Small JSON files that are either whole or absent."""

from __future__ import annotations

import json
import os
import uuid
from contextlib import suppress

from drives.hosts.program.problem import Json

LEAST_ROOM = 1024 * 1024  # with less, the next file may not fit


def write_json(path: str, value: Json, *, durable: bool = False) -> None:
    """Put the value at this path in one step; `durable` also waits until it is on the disk."""
    temporary = f"{path}.{uuid.uuid4().hex}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8") as stream:
            json.dump(value, stream)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    if durable:
        sync_folder(os.path.dirname(path))


def read_json(path: str) -> Json | None:
    """The value at this path, None when there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            value = json.load(stream)
    except FileNotFoundError:
        return None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def is_full(folder: str) -> bool:
    """Is there no room left for files in this folder?"""
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_bfree * room.f_frsize < LEAST_ROOM or (room.f_files > 0 and room.f_ffree == 0)


def sync_folder(folder: str) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
