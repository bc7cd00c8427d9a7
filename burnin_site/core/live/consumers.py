"""The websocket of live pages: a snapshot, then versioned deltas of changed rows.

server: {"t":"snap","v","rows"} · {"t":"delta","from","v","rows"} · {"t":"hb","v","n"}
browser: {"t":"ack","v"} · {"t":"resync"}
"""

import asyncio
import contextlib
import json
import logging
import time
from typing import Any
from urllib.parse import parse_qs

from asgiref.typing import WebSocketScope
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.utils.crypto import constant_time_compare

from burnin_site.core.live.feed import Subscription, feed, read_census
from burnin_site.core.roles import Role, may

HEARTBEAT_S = 10.0
RIGHTS_EVERY_S = 5.0  # a session, account or role that ended closes its pages within this time
TICK_S = 1.0
SIGNED_OUT, NOT_ALLOWED, TOO_SLOW, BAD_MESSAGE, TRY_AGAIN = 4401, 4403, 4408, 4400, 4503
logger = logging.getLogger(__name__)


def first_number(query: dict[str, list[str]], name: str) -> int | None:
    """Return a whole number of the query string, or None."""
    value = query.get(name, [""])[0]
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One browser tab that watches the board, or one job (`?job=7`)."""

    scope: WebSocketScope
    _pump: asyncio.Task[None] | None = None
    _subscription: Subscription | None = None

    async def connect(self) -> None:
        """Let viewers in. A refusal is accepted first, because only then the browser learns its code."""
        await self.accept()
        refusal = await self._refusal()
        if refusal:
            await self.close(refusal)
            return
        query = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        job = first_number(query, "job")
        topic = "board" if job is None else f"job:{job}"
        self._subscription = await feed.subscribe(topic, first_number(query, "since"))
        self._pump = asyncio.create_task(self._send_frames(self._subscription))

    async def disconnect(self, code: int) -> None:
        """Leave the feed."""
        if self._subscription is not None:
            await feed.unsubscribe(self._subscription)
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait([self._pump])

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Read an acknowledgement or a wish to begin again."""
        message = self._decode(text_data or "")
        if message is None or self._subscription is None:
            await self.close(BAD_MESSAGE)
        elif message.get("t") == "resync":
            await feed.resync(self._subscription)
        elif message.get("t") == "ack" and isinstance(message.get("v"), int):
            self._subscription.outbox.acknowledge(message["v"])
            self._subscription.wake.set()

    @staticmethod
    def _decode(text: str) -> dict[str, Any] | None:
        try:
            message = json.loads(text)
        except ValueError:
            return None
        return message if isinstance(message, dict) else None

    async def _send_frames(self, subscription: Subscription) -> None:
        try:
            await self._pump_frames(subscription)
        except DatabaseError:
            logger.exception("A live page was closed: the database did not answer. The browser comes back.")
            await self.close(TRY_AGAIN)

    async def _pump_frames(self, subscription: Subscription) -> None:
        beat_at = rights_at = time.monotonic()
        while True:
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
