"""Reading out of JSON that may lack anything."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def table(source: Any, *path: str) -> Json:
    """Return the object at this path, or an empty one."""
    for key in path:
        source = source.get(key) if isinstance(source, Mapping) else None
    return source if isinstance(source, Mapping) else {}


def number(source: Any, *path: str) -> int | None:
    """Return the whole number at this path; smartctl writes some as text."""
    value = table(source, *path[:-1]).get(path[-1])
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value)
    try:
        return int(float(value)) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def text(source: Any, *path: str) -> str:
    """Return the text at this path, or an empty one."""
    value = table(source, *path[:-1]).get(path[-1])
    return value.strip() if isinstance(value, str) else ""


def rows(source: Any, *path: str) -> Iterator[Json]:
    """Return the objects of the list at this path; smartctl leaves holes in some lists."""
    value = table(source, *path[:-1]).get(path[-1])
    return (row for row in value if isinstance(row, Mapping)) if isinstance(value, list) else iter(())


def total(*numbers: int | None) -> int | None:
    """Return the sum of what is known, or None when nothing is."""
    known = [value for value in numbers if value is not None]
    return sum(known) if known else None
