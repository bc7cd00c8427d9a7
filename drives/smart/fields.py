"""Reading out of JSON that may lack anything, and may say anything: a drive is not to be trusted more than a host."""

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

Json = Mapping[str, Any]
BIGGEST = 2**63 - 1  # what a database keeps
ROWS = 256  # of any table: identifiers of attributes, pages and phys are bytes
SELF_TESTS = 32  # entries of a log: SCSI and NVMe keep 20, ATA 21, and of its longer log smartctl prints 25


def table(source: Any, *path: str) -> Json:
    """Return the object at this path, or an empty one."""
    for key in path:
        source = source.get(key) if isinstance(source, Mapping) else None
    return source if isinstance(source, Mapping) else {}


def number(source: Any, *path: str) -> int | None:
    """Return the whole number at this path; smartctl writes some as text. One beyond 64 bits is as good as not told."""
    value = table(source, *path[:-1]).get(path[-1])
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return kept(value)
    try:
        told = float(value) if isinstance(value, str | float) else math.nan
    except ValueError:
        return None
    return kept(int(told)) if math.isfinite(told) else None


def kept(value: int | None) -> int | None:
    """Return a count that can be stored; None for one that nothing can have counted to."""
    return None if value is None or not -BIGGEST <= value <= BIGGEST else value


def percent(value: int | None) -> int | None:
    """Return a share from 0 to 100; None for what is none."""
    return value if value is not None and 0 <= value <= 100 else None


def text(source: Any, *path: str) -> str:
    """Return the text at this path, or an empty one."""
    value = table(source, *path[:-1]).get(path[-1])
    return value.strip() if isinstance(value, str) else ""


def rows(source: Any, *path: str, most: int = ROWS) -> Iterator[Json]:
    """Return the objects among the first of the list at this path; smartctl leaves holes in some lists."""
    value = table(source, *path[:-1]).get(path[-1])
    return (row for row in islice(value, most) if isinstance(row, Mapping)) if isinstance(value, list) else iter(())


def is_count(word: str, digits: int) -> bool:
    """Say whether this is a whole number of up to so many digits; nothing that is longer is ever converted."""
    return 0 < len(word) <= digits and word.isascii() and word.isdigit()


def total(*numbers: int | None) -> int | None:
    """Return the sum of what is known, or None when nothing is."""
    known = [value for value in numbers if value is not None]
    return kept(sum(known)) if known else None
