"""Filters of TrueNAS lists: ?field=value, ?field__op=value, or query-filters in the body."""

import re
from collections.abc import Callable
from typing import Any

from mock_truenas.faces.http_problems import bad_request
from mock_truenas.faces.http_server import Request

Json = dict[str, Any]
RESERVED = ("limit", "offset", "count", "sort")
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, wanted: bool(held == wanted),
    "!=": lambda held, wanted: bool(held != wanted),
    ">": lambda held, wanted: bool(held > wanted),
    ">=": lambda held, wanted: bool(held >= wanted),
    "<": lambda held, wanted: bool(held < wanted),
    "<=": lambda held, wanted: bool(held <= wanted),
    "~": lambda held, wanted: bool(re.search(wanted, held)),
    "in": lambda held, wanted: held in wanted,
    "^": lambda held, wanted: bool(held.startswith(wanted)),
}
NAMES = {"eq": "=", "neq": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "regex": "~"}


def apply(rows: list[Json], request: Request) -> list[Json]:
    """Give the rows that the request asks for."""
    for field, operator, wanted in _filters(request):
        rows = [row for row in rows if _fits(_part(row, field), operator, wanted)]
    limit, offset = (_whole(request.query.get(name, "0")) for name in ("limit", "offset"))
    return rows[offset : offset + limit if limit else None]


def _filters(request: Request) -> list[tuple[str, str, Any]]:
    if request.query:
        pairs = ((key, value) for key, value in request.query.items() if key not in RESERVED)
        return [_from_query(key, value) for key, value in pairs]
    if not isinstance(request.body, dict):
        return []
    found = request.body.get("query-filters", [])
    if not isinstance(found, list) or not all(_is_filter(one) for one in found):
        raise bad_request("query-filters is a list of [field, operator, value].")
    return [(field, operator, value) for field, operator, value in found]


def _is_filter(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 3 and isinstance(one[0], str) and one[1] in TESTS


def _from_query(key: str, value: str) -> tuple[str, str, Any]:
    field, _, name = key.partition("__")
    operator = NAMES.get(name, name) if name else "="
    if operator not in TESTS:
        raise bad_request(f"There is no operator “{name}”.")
    words: dict[str, Any] = {"true": True, "false": False, "null": None, "None": None}
    return field, operator, int(value) if value.isdecimal() else words.get(value, value)


def _fits(held: Any, operator: str, wanted: Any) -> bool:
    try:
        return TESTS[operator](held, wanted)
    except (TypeError, AttributeError, re.error):
        return False


def _part(row: Any, field: str) -> Any:
    for name in field.split("."):
        if isinstance(row, list) and name.isdecimal() and int(name) < len(row):
            row = row[int(name)]
        elif isinstance(row, dict):
            row = row.get(name)
        else:
            return None
    return row


def _whole(word: str) -> int:
    if not word.isdecimal():
        raise bad_request("limit and offset are whole numbers.")
    return int(word)
