"""Where live rows come from. Apps register what they show; this package knows none of them."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a live page, encoded once for all browsers that see it."""

    key: str
    version: int
    text: str


def make_row(*, kind: str, row_id: int | str, version: int, **body: Any) -> Row:
    """Return the row as browsers get it: `{"kind", "id", "v", …body}`."""
    content = {"kind": kind, "id": row_id, "v": version, **body}
    return Row(f"{kind}:{row_id}", version, json.dumps(content, separators=(",", ":")))


class Source(Protocol):
    """Builds the rows of one page."""

    def rows(self, *, key: str, since: int | None, until: int) -> list[Row]:
        """Return what changed after `since`, or everything when it is None. `until` is the newest number given out."""

    def census(self, *, key: str) -> int:
        """Return how many rows the page has now, so that a browser notices one that was deleted."""


_paths: dict[str, str] = {}


class UnknownPage(LookupError):
    """No source is registered for this page."""


def register(name: str, path: str) -> None:
    """Make a page live: `path` is the dotted path of its Source. Called once per page while the application starts."""
    _paths[name] = path


@cache
def _source(path: str) -> Source:
    source: Source = import_string(path)()
    return source


def find(topic: str) -> tuple[Source, str]:
    """Return the source and the key of a topic such as `board` or `job:7`. Raises UnknownPage."""
    name, _, key = topic.partition(":")
    if name not in _paths:
        raise UnknownPage(f"No live page is called {name!r}.")
    return _source(_paths[name]), key
