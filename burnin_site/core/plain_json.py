"""JSON from outside, read so that whatever comes of it can be stored, compared and sent back."""

import json
import math
from typing import Any

DEPTH = 32  # the deepest body of ours has three levels
SURROGATES = range(0xD800, 0xE000)
TOO_DEEP = f"The JSON is nested too deeply: more than {DEPTH} levels."
NOT_JSON = "The body is not valid JSON."
NOT_A_NUMBER = "The JSON holds a number that is none (NaN, Infinity, or too large)."
NOT_A_TEXT = "The JSON holds a text with characters that are none (NUL, or half of a surrogate pair)."


class NotPlain(ValueError):
    """JSON that no part of the product can work with. `str(error)` is a sentence."""


def read(text: str | bytes) -> Any:
    """Return the value. Raises NotPlain."""
    try:
        # Of bytes, the library itself would also take UTF-16, and surrogates in UTF-8.
        value = json.loads(text if isinstance(text, str) else text.decode(), parse_constant=_refuse_constant)
    except NotPlain:
        raise
    except RecursionError as error:
        raise NotPlain(TOO_DEEP) from error
    except ValueError as error:  # also bytes that are no UTF-8, and numbers of more than 4,300 digits
        raise NotPlain(NOT_JSON) from error
    _check(value)
    return value


def _refuse_constant(_: str) -> None:
    raise NotPlain(NOT_A_NUMBER)


def _check(value: Any) -> None:
    """Look at everything in it. Raises NotPlain."""
    level = [value]
    for _ in range(DEPTH + 1):
        if not level:
            return
        level = [inner for outer in level for inner in _inside(outer)]
    raise NotPlain(TOO_DEEP)


def _inside(value: Any) -> list[Any]:
    """Return what a value is made of; of a text or number nothing. Raises NotPlain."""
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and not is_plain(value):
        raise NotPlain(NOT_A_TEXT)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotPlain(NOT_A_NUMBER)
    return []


def is_plain(text: str) -> bool:
    """Whether a text can be stored and sent: no NUL (PostgreSQL has none), no surrogates (UTF-8 has none)."""
    return "\x00" not in text and (text.isascii() or not any(ord(letter) in SURROGATES for letter in text))
