"""Every route of the URL conf, and the fields that its code reads from a body: found, so that none can be forgotten."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import serializers

PARAMETER = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")
READER = re.compile(r"\b(\w+(?:In|Form))\(")
NAMED_GROUP = re.compile(r"\(\?P<(?P<name>\w+)>(?P<inner>[^)]*)\)")


@dataclass(frozen=True)
class Route:
    """A path with `<name>` where it takes values, and the fields that its view knows."""

    path: str
    api: bool
    fields: tuple[str, ...]
    filters: tuple[str, ...] = ()

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return PARAMETER.findall(self.path)


def all_routes() -> list[Route]:
    """Return one route per pattern of the URL conf, and one that leads nowhere."""
    found = [
        Route(path, path.startswith("/api/"), _fields(entry.callback), _filters(entry.callback))
        for path, entry in _walk(get_resolver())
    ]
    return [*found, Route("/<tail>", api=False, fields=())]


def _walk(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + _readable(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path)
        else:
            yield path, entry


def _readable(pattern: str) -> str:
    """Return a regular expression of the URL conf as a path with `<name>` in it; other patterns as they are."""
    text = NAMED_GROUP.sub(lambda match: f"<{match['name']}>", pattern)
    if text.startswith("^") and not text.endswith("$"):
        text += "<tail>"
    return text.strip("^$")


def _filters(callback: Any) -> tuple[str, ...]:
    """Return what a table of the admin may be narrowed by."""
    owner = getattr(callback, "model_admin", None)
    if owner is None:
        return ()
    shown = [name for name in (*owner.list_filter, owner.date_hierarchy) if isinstance(name, str)]
    return tuple(dict.fromkeys([*shown, *(field.name for field in owner.model._meta.fields)]))


def _fields(callback: Any) -> tuple[str, ...]:
    """Return the fields of the serializers and forms that the view's code names."""
    names: dict[str, None] = {}
    for part in _parts(callback):
        module = inspect.getmodule(part)
        for word in READER.findall(inspect.getsource(part)):
            names |= dict.fromkeys(_fields_of(getattr(module, word, None)))
    return tuple(names)


def _parts(callback: Any) -> list[Any]:
    view = inspect.unwrap(callback)
    owner = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    if owner is None:
        module = inspect.getmodule(view)
        return [module] if module and module.__name__.startswith(("jobs.", "burnin_site.")) else []
    return [part for part in owner.__mro__ if part.__module__.startswith(("jobs.", "drives.", "burnin_site."))]


def _fields_of(reader: Any) -> list[str]:
    if not inspect.isclass(reader):
        return []
    if issubclass(reader, forms.BaseForm):
        return list(reader.base_fields)  # type: ignore[attr-defined]
    return list(reader().fields) if issubclass(reader, serializers.Serializer) else []
