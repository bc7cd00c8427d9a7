"""What one browser has not been shown yet.

Daphne has no back-pressure, so at most one frame is on its way; of what changes meanwhile, only the latest row of each
kind and id is kept.
"""

from collections.abc import Iterable

from burnin_site.core.live.sources import Row

ACK_WITHIN_S = 30.0


class Outbox:
    """The frames of one browser, one at a time."""

    def __init__(self) -> None:
        self._pending: dict[str, Row] = {}
        self._shown = 0
        self._version = 0
        self._snap = self._begins = False
        self._sent_at: float | None = None

    @property
    def version(self) -> int:
        """The newest version that was handed to this browser."""
        return self._shown

    def open(self, *, since: int | None, version: int, rows: Iterable[Row]) -> None:
        """Begin (again): a snapshot when `since` is None, else what changed after it."""
        self._pending = {row.key: row for row in rows}
        self._snap, self._begins = since is None, True
        self._shown = since or 0
        self._version = version
        self._sent_at = None

    def offer(self, version: int, rows: Iterable[Row]) -> None:
        """Add changed rows; a newer row replaces the older one that was not sent."""
        for row in rows:
            waiting = self._pending.get(row.key)
            if waiting is None or waiting.version <= row.version:
                self._pending[row.key] = row
        self._version = max(self._version, version)

    def take(self, now: float) -> str | None:
        """Return the next frame, or None while one is unacknowledged or nothing changed.

        The first frame is sent even when it is empty: it tells the browser that it is up to date.
        """
        if self._sent_at is not None or not (self._begins or self._pending):
            return None
        head = '"t":"snap"' if self._snap else f'"t":"delta","from":{self._shown}'
        body = ",".join(row.text for row in self._pending.values())
        self._pending, self._snap, self._begins = {}, False, False
        self._shown, self._sent_at = self._version, now
        return f'{{{head},"v":{self._version},"rows":[{body}]}}'

    def acknowledge(self, version: int) -> None:
        """Note that the browser has shown the frame of this version."""
        if version >= self._shown:
            self._sent_at = None

    def overdue(self, now: float) -> bool:
        """Say whether the browser has been silent for too long to go on."""
        return self._sent_at is not None and now - self._sent_at > ACK_WITHIN_S
