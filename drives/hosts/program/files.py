"""Small JSON files that are either whole or absent, in folders of ours."""

from __future__ import annotations

import json
import os
import uuid
from contextlib import suppress

from drives.hosts.program.problem import Json
from drives.hosts.program.trusted import FOLDER, Folder

LEAST_ROOM = 1024 * 1024  # with less, the next file may not fit
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def write_json(folder: Folder, name: str, value: Json, *, durable: bool = False) -> None:
    """Put the value into this file in one step; `durable` also waits until it is on the disk."""
    temporary = f"{name}.{uuid.uuid4().hex}.tmp"
    try:
        with open(folder.open(temporary, NEW), "w", encoding="utf-8") as stream:
            json.dump(value, stream)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        move(folder, temporary, name)
    except OSError as error:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder.descriptor)
        error.filename = error.filename if isinstance(error.filename, str) else f"{folder.path}/{name}"
        raise
    if durable:
        sync(folder)


def read_json(folder: Folder, name: str) -> Json | None:
    """The value in this file, None when there is none; raise Untrusted when it is not ours."""
    try:
        with open(folder.open(name), encoding="utf-8", errors="replace") as stream:
            value = json.load(stream)
    except FileNotFoundError:
        return None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def has(folder: Folder, name: str) -> bool:
    """Is there such a file of ours?"""
    try:
        os.close(folder.open(name))
    except FileNotFoundError:
        return False
    return True


def move(folder: Folder, name: str, new: str) -> None:
    """Give a file or folder another name in the same folder, in one step."""
    os.rename(name, new, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)


def remove(folder: Folder, name: str) -> None:
    """Remove what has this name, and everything in it, without following a link."""
    try:
        os.unlink(name, dir_fd=folder.descriptor)
    except (IsADirectoryError, PermissionError):  # what Linux and FreeBSD say of a folder
        with Folder(f"{folder.path}/{name}", os.open(name, FOLDER, dir_fd=folder.descriptor)) as inner:
            for entry in os.listdir(inner.descriptor):
                remove(inner, entry)
        os.rmdir(name, dir_fd=folder.descriptor)


def is_full(where: str | int) -> bool:
    """Is there no room left for files in this folder (its path, or open)?"""
    try:
        room = os.statvfs(where)
    except OSError:
        return False
    return room.f_bfree * room.f_frsize < LEAST_ROOM or (room.f_files > 0 and room.f_ffree == 0)


def sync(folder: Folder) -> None:
    """Wait until the names in a folder are on the disk."""
    os.fsync(folder.descriptor)
