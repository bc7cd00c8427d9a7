"""The follower: one per server process, awake only while a browser is connected."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable

from channels.db import database_sync_to_async

from burnin_site.core.live import services, sources
from burnin_site.core.live.outbox import Outbox
from burnin_site.core.live.sources import Row
from burnin_site.core.outage_log import OutageLog

logger = logging.getLogger(__name__)
INTERVAL_S = 0.3
Read = tuple[int, list[Row]]


class Subscription:
    """One browser's place in the feed."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.outbox = Outbox()
        self.wake = asyncio.Event()


def read_rows(topic: str, since: int | None) -> Read:
    """Return the newest version and the rows that changed after `since` (all, if it is None or from another database).

    The number is read first: a row that is written in between is sent twice, never missed.
    """
    source, key = sources.find(topic)
    version = services.current_version()
    if since is not None and since > version:
        since = None
    if since == version:
        return version, []
    return version, source.rows(key=key, since=since, until=version)


def read_changes(followed: dict[str, int]) -> dict[str, Read]:
    """Return what changed on each followed topic. One cheap query when nothing did."""
    version = services.current_version()
    return {topic: read_rows(topic, since) for topic, since in followed.items() if since != version}


def read_census(topic: str) -> int:
    """Return how many rows the topic's page has now."""
    source, key = sources.find(topic)
    return source.census(key=key)


class Feed:
    """Hands changed rows to the browsers of this process."""

    def __init__(self, interval_s: float = INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._subscriptions: dict[str, set[Subscription]] = {}
        self._versions: dict[str, int] = {}
        self._snapshots: dict[str, Read] = {}
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many browsers are served."""
        return sum(map(len, self._subscriptions.values()))

    @property
    def running(self) -> bool:
        """Whether the follower is awake."""
        return self._task is not None and not self._task.done()

    async def subscribe(self, topic: str, since: int | None) -> Subscription:
        """Start sending this topic's rows; the first frame holds everything after `since`."""
        if not self.running:
            self._lock = asyncio.Lock()  # a lock belongs to the event loop it was first used in
            self._task = asyncio.create_task(self._follow())
        subscription = Subscription(topic)
        self._subscriptions.setdefault(topic, set()).add(subscription)
        try:
            await self.resync(subscription, since)
        except BaseException:
            await self.unsubscribe(subscription)
            raise
        return subscription

    async def resync(self, subscription: Subscription, since: int | None = None) -> None:
        """Begin this browser again, from a snapshot unless `since` says otherwise."""
        topic = subscription.topic
        async with self._lock:
            version, rows = await self._read(topic, since)
            self._versions.setdefault(topic, version)
            subscription.outbox.open(
                since=since if since is not None and since <= version else None,
                version=version,
                rows=rows,
            )
        subscription.wake.set()

    async def _read(self, topic: str, since: int | None) -> Read:
        """Read rows; browsers that come back together share one snapshot."""
        if since is not None:
            found: Read = await database_sync_to_async(read_rows)(topic, since)
            return found
        version = await database_sync_to_async(services.current_version)()
        if self._snapshots.get(topic, (None, []))[0] != version:
            self._snapshots[topic] = await database_sync_to_async(read_rows)(topic, None)
        return self._snapshots[topic]

    async def unsubscribe(self, subscription: Subscription) -> None:
        """Stop sending; the last one to leave puts the follower to sleep."""
        subscribers = self._subscriptions.get(subscription.topic, set())
        subscribers.discard(subscription)
        if not subscribers:
            self._subscriptions.pop(subscription.topic, None)
            self._versions.pop(subscription.topic, None)
            self._snapshots.pop(subscription.topic, None)
        if not self._subscriptions and self._task is not None:
            follower, self._task = self._task, None  # at once: who comes while it ends needs a new one
            follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await follower

    async def _follow(self) -> None:
        told = OutageLog(logger, "The live feed")
        while True:
            await asyncio.sleep(self._interval_s)
            try:
                await self.step()
                told.over()
            except Exception as error:
                if not told.met(error):
                    logger.exception("The live feed could not read the database; it tries again.")

    async def step(self) -> None:
        """Look once for changes and hand them out."""
        async with self._lock:
            changes = await database_sync_to_async(read_changes)(dict(self._versions))
            for topic, (version, rows) in changes.items():
                self._versions[topic] = version
                self._publish(topic, version, rows)

    def _publish(self, topic: str, version: int, rows: Iterable[Row]) -> None:
        for subscription in self._subscriptions.get(topic, ()):
            subscription.outbox.offer(version, rows)
            subscription.wake.set()


feed = Feed()
