"""Logs as one JSON object per line."""

import json
import logging
from datetime import UTC, datetime

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
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
