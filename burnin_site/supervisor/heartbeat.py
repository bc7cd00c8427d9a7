"""Whether the workers of this node still do anything, judged by the beats that they write when they run a task."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

BEAT_LIMIT_S = 25.0  # longer than a worker waits for a locked SQLite file
BUSY_LIMIT_S = 60.0  # a worker that is at work says so again every 15 s
GRACE_S = 20.0
MOST_GRACE_S = 320.0  # an overloaded machine may need minutes for a start: each one in vain is given twice the time
GAP_S = 10.0  # nobody could look for so long: then silence proves nothing either
FRESH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of one node."""

    at: datetime
    busy_until: datetime | None = None


class HeartbeatWatch:
    """Measures on its own clock how long this node's beat has not moved: the wall clock may be set at any time.

    Silence counts only while there is demand, that is, while tasks wait or other nodes beat: without it, nobody
    may be asking for beats. The more nodes share the queue, the more rarely a beat falls to this one.
    """

    def __init__(self, node: str, *, clock: Callable[[], float] = monotonic) -> None:
        self._node = node
        self._clock = clock
        self._beats: dict[str, Beat] = {}
        self._silent_since = clock()
        self._demand_at = self._looked_at = clock()
        self._grace_s = GRACE_S
        self._quiet_until = clock() + GRACE_S

    def cluster_started(self) -> None:
        """Give a new cluster time to start, and more than the one before it if that never beat."""
        self._silent_since = self._clock()
        self._quiet_until = self._clock() + self._grace_s
        self._grace_s = min(MOST_GRACE_S, 2 * self._grace_s)

    def complaint(self, beats: Mapping[str, Beat], *, tasks_wait: bool, now: datetime) -> str:
        """Return why the cluster must be started afresh, or nothing. A busy node is given more time."""
        clock, mine = self._clock(), beats.get(self._node)
        if tasks_wait or beats != self._beats:
            if clock - self._demand_at > BEAT_LIMIT_S:
                self._silent_since = max(self._silent_since, clock)
            self._demand_at = clock
        if mine != self._beats.get(self._node):
            self._silent_since, self._grace_s = clock, GRACE_S
        if clock - self._looked_at > GAP_S:
            self._silent_since = clock
        self._beats, self._looked_at = dict(beats), clock
        busy = mine is not None and mine.busy_until is not None and mine.busy_until > now
        limit_s = BEAT_LIMIT_S * (1 + _others(beats, self._node)) + (BUSY_LIMIT_S if busy else 0)
        if clock < self._quiet_until or clock - self._demand_at > BEAT_LIMIT_S:
            return ""
        silent_s = clock - self._silent_since
        return f"No task has run here for {silent_s:.0f} s although there is work." if silent_s > limit_s else ""


def _others(beats: Mapping[str, Beat], node: str) -> int:
    """Return how many other nodes share the work: those that beat not long before the newest beat."""
    newest = max((beat.at for beat in beats.values()), default=None)
    return sum(newest - beat.at < FRESH for name, beat in beats.items() if name != node) if newest else 0
