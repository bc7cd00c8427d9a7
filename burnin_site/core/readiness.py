"""Whether requests can be served. Anybody may ask, so it is looked at once in two seconds, however many ask."""

import threading
from dataclasses import dataclass
from time import monotonic

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from burnin_site.core import room
from burnin_site.core.database_wait import held_for_writing
from burnin_site.core.outages import AWAY, NOT_MIGRATED, Outage, outage_of

KEEP_S = 2.0
WRITE_WAIT_MS = 2000  # a probe that asks must get its answer while it still waits for it


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands in the way, and what soon may."""

    outage: Outage | None = None
    warnings: tuple[str, ...] = ()


class Looker:
    """Looks, and keeps what it saw for a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found = Readiness()
        self._looked_at: float | None = None

    def look(self) -> Readiness:
        """Return what was found, at most two seconds ago."""
        with self._lock:
            if self._looked_at is None or monotonic() - self._looked_at > KEEP_S:
                self._found = _look()
                self._looked_at = monotonic()
            return self._found

    def forget(self) -> None:
        """Look afresh the next time."""
        self._looked_at = None


def _look() -> Readiness:
    seen = room.look()
    return Readiness(_database() or seen.outage, (seen.warning,) if seen.warning else ())


def _database() -> Outage | None:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return NOT_MIGRATED
        with held_for_writing(wait_ms=WRITE_WAIT_MS):
            return None
    except Error as error:
        return outage_of(error) or AWAY


looker = Looker()
