"""The drive that a launch asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection

from drives.hosts.program.fields import required_text, text, texts, whole
from drives.hosts.program.identity import canonical_serial, canonical_wwn
from drives.hosts.program.problem import Json, Problem


@dataclass(frozen=True)
class Wanted:
    """The drive that may be written to, as a person confirmed it."""

    serial: str
    wwn: str
    size_bytes: int
    overrides: Collection[str]


def read(request: Json) -> Wanted:
    """Read the `guard` part of a request."""
    asked = Wanted(
        serial=canonical_serial(required_text(request, "serial")),
        wwn=canonical_wwn(text(request, "wwn", "")),
        size_bytes=whole(request, "size_bytes"),
        overrides=tuple(texts(request, "overrides")),
    )
    for name in ("user", "plan"):  # not looked at here: the permit of the launch is bound to them
        text(request, name, "")
    if text(request, "wwn", "").strip() and not asked.wwn:
        raise Problem("bad_request", f"{request['wwn']!r} is not a world wide name.")
    return asked
