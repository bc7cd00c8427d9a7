"""Readers: each takes a value and returns it, or raises Misfit. Shapes are made of them. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from drives.hosts.edge import limits
from drives.hosts.edge.misfit import Misfit
from drives.hosts.edge.texts import plain

Reader = Callable[[Any], Any]


def whole(least: int = 0, most: int = limits.BIGGEST) -> Reader:
    """Read a whole number of this range; true and false are none."""

    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Misfit(f"is no whole number from {least} to {most}")
        return value

    return read


def number(least: float = 0, most: float = limits.BIGGEST) -> Reader:
    """Read a number of this range, whole or not."""

    def read(value: Any) -> float:
        if type(value) not in (int, float) or not least <= value <= most:
            raise Misfit(f"is no number from {least:g} to {most:g}")
        return float(value) if type(value) is float else value

    return read


def truth(value: Any) -> bool:
    """Read true or false."""
    if type(value) is not bool:
        raise Misfit("is neither true nor false")
    return value


def text(most: int = limits.TEXT) -> Reader:
    """Read a text, cut to this length."""

    def read(value: Any) -> str:
        if type(value) is not str:
            raise Misfit("is no text")
        return value if len(value) <= most else plain(value, most)

    return read


def long_text(value: Any) -> str:
    """Read a text of several lines, which was cut when it was unpacked."""
    if type(value) is not str:
        raise Misfit("is no text")
    return value


def word(pattern: str, what: str) -> Reader:
    """Read a text that is all of this pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def read(value: Any) -> str:
        if type(value) is not str or not compiled.fullmatch(value):
            raise Misfit(f"is no {what}")
        return value

    return read


def one_of(*words: str) -> Reader:
    """Read one of these words."""

    def read(value: Any) -> str:
        if type(value) is not str or value not in words:
            raise Misfit(f"is none of {', '.join(words)}")
        return value

    return read


def maybe(reader: Reader) -> Reader:
    """Read null, or what this reader reads."""
    return lambda value: None if value is None else reader(value)


def listed(reader: Reader, most: int, least: int = 0) -> Reader:
    """Read a list of so many."""

    def read(value: Any) -> list[Any]:
        if type(value) is not list:
            raise Misfit("is no list")
        if not least <= len(value) <= most:
            raise Misfit(f"has {len(value):,} entries, not {least} to {most:,}")
        told = []
        for index, content in enumerate(value):
            try:
                told.append(reader(content))
            except Misfit as misfit:
                raise misfit.inside(index) from None
        return told

    return read


def first_of(reader: Reader, most: int) -> Reader:
    """Read a list; of one that is longer, the beginning."""
    read_all = listed(reader, most)
    return lambda value: read_all(value[:most] if type(value) is list else value)


def keyed(reader: Reader, most: int) -> Reader:
    """Read an object whose names are not known before."""

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Misfit("is no object")
        if len(value) > most:
            raise Misfit(f"has {len(value):,} entries, not up to {most:,}")
        told = {}
        for key, content in value.items():
            try:
                told[key] = reader(content)
            except Misfit as misfit:
                raise misfit.inside(key) from None
        return told

    return read


def table(required: Mapping[str, Reader] | None = None, optional: Mapping[str, Reader] | None = None) -> Reader:
    """Read an object with these names. Others stay as they were unpacked: nobody asks for them."""
    must, may = dict(required or {}), dict(optional or {})

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Misfit("is no object")
        for name in must:
            if name not in value:
                raise Misfit(f"has no “{name}”")
        told = dict(value)
        for name, reader in (*must.items(), *may.items()):
            if name in value:
                try:
                    told[name] = reader(value[name])
                except Misfit as misfit:
                    raise misfit.inside(name) from None
        return told

    return read
