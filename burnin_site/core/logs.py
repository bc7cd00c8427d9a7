"""Logs as one JSON object per line, of characters that can be seen: none steers a terminal or hides a name."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from burnin_site.core.one_line import is_hidden
from burnin_site.core.outages import NOT_MIGRATED, outage_of

REFUSAL_LETTERS = 200  # of a name that may be as long as the headers
EXTRA = ("job_id", "host", "drive", "stage", "node")


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON with time, level, logger, message and what it is about."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({key: getattr(record, key) for key in EXTRA if hasattr(record, key)})
        if record.exc_info:
            line |= self._what_broke(record.exc_info)
        text = json.dumps(line, ensure_ascii=False, default=str)
        return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))

    def _what_broke(self, exc_info: Any) -> dict[str, str]:
        """Return the traceback; of an accident, which nobody can mend in the code, its sentence instead."""
        error = exc_info[1]
        outage = outage_of(error) if error is not None else None
        if outage is None or outage == NOT_MIGRATED:
            return {"traceback": self.formatException(exc_info)}
        return {"accident": f"{outage.sentence} ({type(error).__name__}: {error})"}


class ShortRefusals(logging.Filter):
    """Makes one short warning of what Django logs, with a traceback, of each request that is wrong (a Host, say).

    Whoever sends it is a stranger who may send it very often, and nothing is broken.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record where it is one of these. Lets all pass."""
        if record.name.startswith("django.security."):
            record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
            record.msg, record.args = record.getMessage()[:REFUSAL_LETTERS], ()
            record.exc_info = record.exc_text = record.stack_info = None
        return True


def _shown(character: str) -> str:
    """Return a character as it may stand in a log: what cannot be seen as its number, as JSON writes it."""
    if not is_hidden(character):
        return character
    return json.dumps(character)[1:-1] if not character.isascii() else f"\\u{ord(character):04x}"
