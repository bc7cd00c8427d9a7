"""The websocket of live pages: a snapshot, then versioned deltas of changed rows.

server: {"t":"snap","v","rows"} · {"t":"delta","from","v","rows"} · {"t":"hb","v","n"}
browser: {"t":"ack","v"} · {"t":"resync"}
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from typing import Any, ClassVar
from urllib.parse import parse_qs

from asgiref.typing import WebSocketScope
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.db import Error
from django.utils.crypto import constant_time_compare

from burnin_site.core import plain_json
from burnin_site.core.buckets import Bucket
from burnin_site.core.callers import known_callers, session_claims_of
from burnin_site.core.live.feed import Subscription, feed, read_census
from burnin_site.core.roles import Role, may

HEARTBEAT_S = 10.0
RIGHTS_EVERY_S = 5.0  # a session, account or role that ended closes its pages within this time
TICK_S = 1.0
SIGNED_OUT, NOT_ALLOWED, TOO_SLOW, BAD_MESSAGE, TRY_AGAIN = 4401, 4403, 4408, 4400, 4503
NO_SUCH_PAGE, TOO_MANY = 4404, 4429
SOCKETS_PER_PERSON = 24  # tabs that one person has open
# A browser asks for a new beginning when a frame is missing or the number of rows differs, seen every ten seconds.
RESYNCS_BURST, RESYNCS_PER_S = 5, 0.2
logger = logging.getLogger(__name__)


def first_number(query: dict[str, list[str]], name: str) -> int | None:
    """Return a whole number of the query string, or None."""
    value = query.get(name, [""])[0]
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


class NoSuchPage(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Whatever a websocket is opened for and is not there."""

    async def connect(self) -> None:
        """Refuse it."""
        await self.accept()
        await self.close(NO_SUCH_PAGE)


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One browser tab that watches the board, or one job (`?job=7`)."""

    scope: WebSocketScope
    _pump: asyncio.Task[None] | None = None
    _subscription: Subscription | None = None
    _person: int | None = None
    _closed = False
    open_by_person: ClassVar[Counter[int]] = Counter()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._resyncs = Bucket(RESYNCS_BURST, RESYNCS_PER_S)

    async def __call__(self, scope: WebSocketScope, receive: Any, send: Any) -> None:
        """Run until the socket is closed. However that comes about, the place in the feed is given back."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await asyncio.shield(self._give_back())

    async def connect(self) -> None:
        """Let viewers in. A refusal is accepted first, because only then the browser learns its code."""
        await self.accept()
        try:
            await self._begin()
        except Error:
            await self._try_again()

    async def _begin(self) -> None:
        refusal = await self._refusal() or self._take_place()
        if refusal:
            await self.close(refusal)
            return
        query = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        job = first_number(query, "job")
        topic = "board" if job is None else f"job:{job}"
        self._subscription = await feed.subscribe(topic, first_number(query, "since"))
        self._pump = asyncio.create_task(self._send_frames(self._subscription))

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close it once; what the browser had sent before is not answered any more."""
        if not self._closed:
            self._closed = True
            await super().close(code, reason)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Read an acknowledgement or a wish to begin again."""
        if self._closed:
            return
        message = self._decode(text_data or "")
        if message is None or self._subscription is None:
            await self.close(BAD_MESSAGE)
        elif message.get("t") == "resync":
            await self._resync(self._subscription)
        elif message.get("t") == "ack" and isinstance(message.get("v"), int):
            self._subscription.outbox.acknowledge(message["v"])
            self._subscription.wake.set()

    async def _resync(self, subscription: Subscription) -> None:
        """Begin again, unless the browser does nothing else."""
        if not self._resyncs.take():
            await self.close(TOO_MANY)
            return
        try:
            await feed.resync(subscription)
        except Error:
            await self._try_again()

    async def _try_again(self) -> None:
        logger.exception("A live page was closed because it could not be served. The browser comes back.")
        await self.close(TRY_AGAIN)

    def _take_place(self) -> int:
        """Count this page for its person; return why there is no room for it, or 0."""
        person = int(self.scope["user"].pk)  # type: ignore[typeddict-item]  # channels puts it there
        if self.open_by_person[person] >= SOCKETS_PER_PERSON:
            return TOO_MANY
        self.open_by_person[person] += 1
        for claim in session_claims_of(self.scope["headers"]):
            known_callers.remember(claim)
        self._person = person
        return 0

    async def _give_back(self) -> None:
        """Leave the feed, and the person's count."""
        person, self._person = self._person, None
        if person is not None:
            self.open_by_person[person] -= 1
            if not self.open_by_person[person]:
                del self.open_by_person[person]
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await feed.unsubscribe(subscription)
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.cancel()
            await asyncio.wait([pump])

    @staticmethod
    def _decode(text: str) -> dict[str, Any] | None:
        try:
            message = plain_json.read(text)
        except plain_json.NotPlain:
            return None
        return message if isinstance(message, dict) else None

    async def _send_frames(self, subscription: Subscription) -> None:
        try:
            await self._pump_frames(subscription)
        except Error as error:
            logger.warning("A live page was closed: the database did not answer. The browser comes back. (%s)", error)
            await self.close(TRY_AGAIN)
        except Exception:
            await self._try_again()

    async def _pump_frames(self, subscription: Subscription) -> None:
        beat_at = rights_at = time.monotonic()
        while not self._closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(subscription.wake.wait(), TICK_S)
            subscription.wake.clear()
            now = time.monotonic()
            if subscription.outbox.overdue(now):
                await self.close(TOO_SLOW)
                return
            if now - rights_at >= RIGHTS_EVERY_S:
                rights_at = now
                refusal = await self._refusal()
                if refusal:
                    await self.close(refusal)
                    return
            frame = subscription.outbox.take(now)
            if frame is not None:
                await self.send(text_data=frame)
            if now - beat_at >= HEARTBEAT_S:
                beat_at = now
                await self._beat(subscription)

    async def _beat(self, subscription: Subscription) -> None:
        count = await database_sync_to_async(read_census)(subscription.topic)
        beat = {"t": "hb", "v": subscription.outbox.version, "n": count}
        await self.send(text_data=json.dumps(beat))

    async def _refusal(self) -> int:
        """Return why this browser may not watch (any more), or 0. Read from the database each time."""
        refusal: int = await database_sync_to_async(self._find_refusal)()
        return refusal

    def _find_refusal(self) -> int:
        key = getattr(self.scope.get("user"), "pk", None)
        user = User.objects.filter(pk=key, is_active=True).first() if key else None
        if user is None or not is_signed_in(user, self.scope.get("session")):
            return SIGNED_OUT
        return 0 if may(user, Role.VIEWER) else NOT_ALLOWED


def is_signed_in(user: User, session: Any) -> bool:
    """Say whether this session still exists, and the password was not changed since."""
    if session is None or not session.exists(session.session_key):
        return False
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
