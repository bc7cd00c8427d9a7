"""JSON from outside: what comes of it can be stored, compared and sent back, or it is refused in words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnin_site.core import plain_json

REFUSED = {
    r'"\ud800"': plain_json.NOT_A_TEXT,
    r'{"\udfff": 1}': plain_json.NOT_A_TEXT,
    r'["\ude00\ud83d"]': plain_json.NOT_A_TEXT,
    r'{"a": {"b": "\u0000"}}': plain_json.NOT_A_TEXT,
    r'{"a\u0000": 1}': plain_json.NOT_A_TEXT,
    "NaN": plain_json.NOT_A_NUMBER,
    "[-Infinity]": plain_json.NOT_A_NUMBER,
    '{"a": 1e999}': plain_json.NOT_A_NUMBER,
    "-1e999": plain_json.NOT_A_NUMBER,
    "9" * 5000: plain_json.NOT_JSON,
    "": plain_json.NOT_JSON,
    "{'a': 1}": plain_json.NOT_JSON,
    "[" * 33 + "]" * 33: plain_json.TOO_DEEP,
    "[" * 100_000: plain_json.TOO_DEEP,
    '{"a":' * 100_000: plain_json.TOO_DEEP,
}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_what_cannot_be_stored_or_sent_is_refused_in_words(text: str) -> None:
    with pytest.raises(plain_json.NotPlain) as caught:
        plain_json.read(text)
    assert str(caught.value) == REFUSED[text]


@pytest.mark.parametrize("sent", [b"\xff", b'{"a": "\xed\xa0\x80"}', b"\xc0\xaf"])
def test_bytes_that_are_no_utf_8_are_no_json(sent: bytes) -> None:
    with pytest.raises(plain_json.NotPlain, match="not valid JSON"):
        plain_json.read(sent)


@given(values)
def test_all_else_is_read_as_it_is_and_can_be_sent_back(value: Any) -> None:
    text = json.dumps(value)
    try:
        assert plain_json.read(text) == value
    except plain_json.NotPlain:
        assert r"\u0000" in text or r"\ud" in text
        return
    json.dumps(plain_json.read(text), ensure_ascii=False, allow_nan=False).encode("utf-8")


def test_32_levels_are_enough_for_every_body() -> None:
    assert plain_json.read("[" * 32 + "]" * 32)
