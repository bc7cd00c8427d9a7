"""From the bytes of an answer to plain values that are safe to keep, show and send on."""

import json
import math
import threading
from typing import Any

from drives.hosts.edge import limits
from drives.hosts.edge.misfit import Misfit, too_long
from drives.hosts.edge.texts import exact, lines, plain

BIG = 256 * 1024
LONGEST_NUMBER = 40  # letters; what has more is far beyond 64 bits, and so is its beginning
# Threads of one process would unpack their large answers side by side and gain nothing, since only one can run.
_one_at_a_time = threading.Lock()
IDENTITIES = frozenset({"serial", "wwn", "serial_number", "lunid"})
RAW_SMART = "json"  # under this name lies what a drive says of itself: its firmware may count beyond 64 bits


def unpack(raw: bytes | bytearray, *, host_name: str, most_bytes: int) -> Any:
    """Return the JSON in these bytes, every text harmless, every number one that can be stored.

    Raises AnswerTooLong; AnswerUnfit for too deep, too many values, numbers beyond 64 bits, or NaN; ValueError when it
    is no JSON at all.
    """
    if len(raw) > most_bytes:
        raise too_long(host_name, most_bytes)
    try:
        if len(raw) < BIG:
            return _unpack(raw)
        with _one_at_a_time:
            return _unpack(raw)
    except Misfit as misfit:
        raise misfit.of(host_name) from None


def _unpack(raw: bytes | bytearray) -> Any:
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > limits.VALUES:
        raise Misfit(f"has more than {limits.VALUES:,} values")
    try:
        told = _read(raw.decode("utf-8", "replace"))
    except RecursionError:
        raise _too_deep() from None
    return _clean(told, 0, raw=False)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number of more than 4,300 digits, which Python does not read: as any other that is too large
        return json.loads(text, parse_int=lambda digits: int(digits[:LONGEST_NUMBER]))


def _too_deep() -> Misfit:
    return Misfit(f"is nested deeper than {limits.DEPTH} levels")


def _clean(value: Any, depth: int, *, raw: bool) -> Any:
    kind = type(value)
    if kind is str:
        return plain(value)
    if kind is dict or kind is list:
        if depth >= limits.DEPTH:
            raise _too_deep()
        return _object(value, depth + 1, raw=raw) if kind is dict else _list(value, depth + 1, raw=raw)
    if kind is int and not -limits.BIGGEST <= value <= limits.BIGGEST:
        return _unkept("is a number beyond 64 bits", raw=raw)
    if kind is float and not math.isfinite(value):
        return _unkept("is no finite number", raw=raw)
    return value


def _unkept(wrong: str, *, raw: bool) -> None:
    """Refuse a number; one of a drive's own is as good as not told."""
    if not raw:
        raise Misfit(wrong)


def _object(value: dict[str, Any], depth: int, *, raw: bool) -> dict[str, Any]:
    told = {}
    for key, content in value.items():
        name = plain(key, limits.NAME)
        try:
            if type(content) is str and key in limits.LONG_TEXTS:
                told[name] = lines(content, limits.LONG_TEXTS[key])
            elif type(content) is str and key in IDENTITIES:
                told[name] = exact(content)
            else:
                told[name] = _clean(content, depth, raw=raw or key == RAW_SMART)
        except Misfit as misfit:
            raise misfit.inside(name) from None
    return told


def _list(value: list[Any], depth: int, *, raw: bool) -> list[Any]:
    told = []
    for index, content in enumerate(value):
        try:
            told.append(_clean(content, depth, raw=raw))
        except Misfit as misfit:
            raise misfit.inside(index) from None
    return told
