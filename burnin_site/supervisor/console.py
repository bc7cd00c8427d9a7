"""What a person at the terminal sees."""

import contextlib
import json
import sys
from datetime import UTC, datetime
from typing import Final

from burnin_site.core.one_line import visible

NAME_WIDTH: Final = 9


class Console:
    """Prints the lines of the children, each with its name in front, and nothing that steers the terminal.

    `concise`: a log line becomes time and message; the log files keep the whole of it.
    """

    def __init__(self, *, concise: bool) -> None:
        self._concise = concise

    def say(self, sentence: str) -> None:
        """Print a line of the supervisor's own."""
        self._print(f"{'up':<{NAME_WIDTH}}| {sentence}")

    def show(self, name: str, line: str) -> None:
        """Print a line of a child."""
        text = concise(line) if self._concise else line
        if text:
            self._print(f"{name:<{NAME_WIDTH}}| {visible(text)}")

    def show_plain(self, line: str) -> None:
        """Print a line as it is."""
        self._print(line)

    def _print(self, line: str) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone; the work goes on
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def concise(line: str) -> str:
    """Return the short form of a JSON log line; other lines as they are."""
    try:
        record = json.loads(line)
        at, message = datetime.fromisoformat(record["at"]), str(record["message"])
    except (ValueError, KeyError, TypeError):
        return line
    level = record.get("level", "INFO")
    mark = "" if level in ("INFO", "DEBUG") else f"{level}: "
    last = str(record.get("traceback", "")).strip().rpartition("\n")[2]
    return f"{at.astimezone(UTC):%H:%M:%S} {mark}{message}{f' ({last})' if last else ''}"
