"""What keeps a host as it is for now: apps above this one register who knows, without being imported here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from drives.models import Host

_paths: list[str] = []


def register(path: str) -> None:
    """Have the function at this dotted path asked before the working folder of a host is changed.

    It takes the host, whose row is locked, and returns why the folder stays, as a sentence, or "".
    """
    if path not in _paths:
        _paths.append(path)


def why_its_folder_stays(host: Host) -> str:
    """Say why a host has to go on working where it does, as a sentence; "" when it may move."""
    reasons = (cast("Callable[[Host], str]", import_string(path))(host) for path in _paths)
    return next((reason for reason in reasons if reason), "")
