"""Values that a request may carry: some make sense, most do not."""

from typing import Any

from hypothesis import strategies as st

DEPTH = 3000
LONG_NUMBER = "9" * 5000  # longer than what Python turns into an int
NUMBERS = ["0", "-1", "1", "1.5", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
           "18446744073709551616", "9" * 40, LONG_NUMBER, "1e400", "-1e400", "1e-400", "0x10", "1_0", "٣", "+1",
           "1 "]  # fmt: skip
TEXTS = ["", " ", "x", "null", "true", "NaN", "Infinity", "\x00", "a\x00b", "\x01\x1b[31m", "\n", "a\r\nX: y",
    "\u202e", "\ufffe",
         "é", "𐍈", "<script>alert(1)</script>", "{{ 7 }}", "%s%n", "%", "%zz", "../../etc/passwd", "//", "http://[",
             "http://[::1",
         "//evil.example/x", "javascript:alert(1)", "'", '"', "\\", "2026-13-45", "2026-02-30 25:61", "0000-00-00",
         "99999-01-01",
         "a" * 300, "é" * 70000, ",", "1,2", ",".join(["9" * 25] * 3), "__", "pk__in", "[]", "{}"]  # fmt: skip
# JSON that no value of Python prints.
RAW_JSON = [r'"\ud800"', r'"\udfff\ud800"', r'{"\ud800": 1}', r'"\u0000"', "NaN", "Infinity", "-Infinity", "1e999",
    "-1e999",
            LONG_NUMBER, "-" + LONG_NUMBER, "9223372036854775808", "1.0", "-0", "[" * DEPTH + "]" * DEPTH, "[" * DEPTH,
            '{"a":' * DEPTH + "1" + "}" * DEPTH, '{"a": 1, "a": 2}', '"' + "x" * 90000 + '"', "'x'", "[1,]", '"\x01"',
            "", "\ufeff{}"]  # fmt: skip
LOOKUPS = ["exact", "in", "isnull", "lt", "gte", "range", "year", "date", "month", "week_day", "hour", "regex",
    "contains", "has_key", "x",
           "contained_by", "iexact", "istartswith", "iso_year", "gt", "quarter", "unaccent", "search", "pk",
           "id"]  # fmt: skip
ADMIN_NAMES = ["q", "o", "p", "e", "all", "_to_field", "_popup", "_changelist_filters", "_facets", "_source_model",
    "app_label",
               "model_name", "field_name", "term", "page", "next", "format", "_debug"]  # fmt: skip


class Raw(str):
    """JSON text that is sent as it is."""

    __slots__ = ()


def sometimes(rare: st.SearchStrategy[Any], common: st.SearchStrategy[Any], share: int = 5) -> st.SearchStrategy[Any]:
    """Return `rare` about once in `share` times."""
    return st.sampled_from([rare, *[common] * (share - 1)]).flatmap(lambda chosen: chosen)


texts = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.text(max_size=12))
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts,
    st.sampled_from(RAW_JSON).map(Raw), st.sampled_from(NUMBERS[:10]).map(Raw),
)  # fmt: skip
json_values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=6
)
numbers = st.one_of(st.sampled_from(NUMBERS), st.integers().map(str))
