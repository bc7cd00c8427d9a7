"""A reader for the part of YAML that compose.yaml uses: mappings and lists by indentation, flow lists, anchors."""

import re
from typing import Any

ENTRY = re.compile(r'(?P<indent> *)(?P<dash>- )?(?:(?P<key>"[^"]*"|[\w<-]+):(?: +|$))?(?P<rest>.*)')
ANCHOR = re.compile(r"&(\S+)\s*(.*)")


class ComposeFile:
    """The text as nested dicts, lists and strings. Raises ValueError for a line that it cannot read."""

    def __init__(self, text: str) -> None:
        bare = (re.sub(r"(^|\s)# .*$|^\s*#$", "", line).rstrip() for line in text.splitlines())
        self._lines = [line for line in bare if line]
        self._at = 0
        self._anchors: dict[str, Any] = {}
        self.content = self._block(0)
        if self._at != len(self._lines):
            raise ValueError(f"This line cannot be read: {self._lines[self._at]}")

    def _block(self, indent: int) -> Any:
        if self._lines[self._at].lstrip().startswith("- "):
            return self._items(indent)
        found: dict[str, Any] = {}
        while self._at < len(self._lines) and _indent(self._lines[self._at]) == indent:
            entry = ENTRY.fullmatch(self._lines[self._at])
            if entry is None or not entry["key"]:
                raise ValueError(f"This line cannot be read: {self._lines[self._at]}")
            self._at += 1
            value = self._value(entry["rest"], indent)
            if entry["key"] == "<<":
                for merged in value if isinstance(value, list) else [value]:
                    found = {**merged, **found}
            else:
                found[entry["key"].strip('"')] = value
        return found

    def _items(self, indent: int) -> list[Any]:
        found = []
        while self._at < len(self._lines) and self._lines[self._at].startswith(" " * indent + "- "):
            found.append(self._scalar(self._lines[self._at].strip()[2:]))
            self._at += 1
        return found

    def _value(self, rest: str, indent: int) -> Any:
        if anchor := ANCHOR.fullmatch(rest):
            self._anchors[anchor[1]] = value = self._value(anchor[2], indent)
            return value
        if rest:
            return self._scalar(rest)
        if self._at < len(self._lines) and _indent(self._lines[self._at]) > indent:
            return self._block(_indent(self._lines[self._at]))
        return None

    def _scalar(self, text: str) -> Any:
        if text.startswith("["):
            return [self._scalar(word) for word in re.findall(r'"[^"]*"|[^\s,\[\]]+', text)]
        return self._anchors[text[1:]] if text.startswith("*") else text.strip('"')


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
