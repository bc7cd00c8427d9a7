"""Reading the fields of a request, each with its type."""

from __future__ import annotations

from typing import Any, List

from drives.hosts.program.problem import Json, Problem


def text(request: Json, name: str, default: str | None = None) -> str:
    value = request.get(name, default)
    if not isinstance(value, str):
        raise _bad(name, "a text")
    return value


def required_text(request: Json, name: str) -> str:
    value = text(request, name)
    if not value.strip():
        raise _bad(name, "a text that is not empty")
    return value


def whole(request: Json, name: str, default: int | None = None) -> int:
    value = request.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _bad(name, "a whole number")
    return value


def flag(request: Json, name: str) -> bool:
    return request.get(name) is True


def table(request: Json, name: str) -> Json:
    value = request.get(name)
    if not isinstance(value, dict):
        raise _bad(name, "an object")
    return value


def texts(request: Json, name: str) -> List[str]:
    values: Any = request.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _bad(name, "a list of texts")
    return list(values)


def tables(request: Json, name: str) -> List[Json]:
    values: Any = request.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise _bad(name, "a list of objects")
    return list(values)


def _bad(name: str, wanted: str) -> Problem:
    return Problem("bad_request", f"The field {name!r} of the request must be {wanted}.")
