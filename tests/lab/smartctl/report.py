"""One answer of smartctl: JSON, text and exit status grow together."""

from __future__ import annotations

import json
import time
from typing import Any

VERSION = "smartctl 7.3 2022-02-28 r5338 [x86_64-linux-lab] (lab build)"
COPYRIGHT = "Copyright (C) 2002-22, Bruce Allen, Christian Franke, www.smartmontools.org"

CANNOT_PARSE = 1
CANNOT_OPEN = 2
COMMAND_FAILED = 4
DISK_FAILING = 8
PREFAIL_BELOW = 16
BELOW_IN_PAST = 32
ERRORS_LOGGED = 64
SELF_TESTS_FAILED = 128


class Report:
    """Collect what is to be said."""

    def __init__(self, argv: list[str]) -> None:
        self.argv = ["smartctl", *argv[1:]]
        self.exit_status = 0
        self.tree: dict[str, Any] = {}
        self.messages: list[dict[str, str]] = []
        self.listing: list[str] | None = None  # printed in place of all else
        self._lines = [VERSION, COPYRIGHT, ""]

    def say(self, *lines: str) -> None:
        """Add lines to the text."""
        self._lines.extend(lines)

    def fail(self, message: str, status: int) -> None:
        """Say what is wrong, in the text and among the messages."""
        self.say(message)
        self.messages.append({"string": message, "severity": "error"})
        self.exit_status |= status

    def put(self, **parts: Any) -> None:
        """Add parts to the JSON."""
        self.tree.update(parts)

    def printed(self, flags: str) -> str:
        """What goes to standard output."""
        if not flags and self.listing is not None:
            return "".join(f"{line}\n" for line in self.listing)
        if not flags:
            return "\n".join(self._lines) + "\n"
        tree = {"json_format_version": [1, 0], "smartctl": self._about(flags), **self.tree}
        if "c" in flags:
            return json.dumps(tree, separators=(",", ":")) + "\n"
        return json.dumps(tree, indent=2) + "\n"

    def _about(self, flags: str) -> dict[str, Any]:
        about: dict[str, Any] = {
            "version": [7, 3],
            "svn_revision": "5338",
            "platform_info": "x86_64-linux-lab",
            "build_info": "(lab build)",
            "argv": self.argv,
        }
        if "o" in flags:
            about["output"] = "\n".join(self._lines).split("\n")
        if "ata_version" in self.tree:
            about["drive_database_version"] = {"string": "7.3/5319"}
        if self.messages:
            about["messages"] = self.messages
        about["exit_status"] = self.exit_status
        return about


def now_in_words(moment: float) -> str:
    """A time as smartctl writes it."""
    return time.strftime("%a %b %e %H:%M:%S %Y UTC", time.gmtime(moment))


def with_commas(number: int) -> str:
    """A number as smartctl writes it."""
    return f"{number:,}"


def rounded_bytes(number: int) -> str:
    """A capacity as smartctl puts it in brackets: three digits that count."""
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB")):
        value = number / 1000**power
        if value >= 1:
            digits = 2 if value < 10 else 1 if value < 100 else 0
            return f"{value:.{digits}f} {unit}"
    return f"{number} bytes"
