"""A place in the feed, and in its person's count, is given back however a live page ends."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import DatabaseError

from burnin_site.core.live import consumers
from burnin_site.core.live.consumers import LiveConsumer
from burnin_site.core.live.feed import Feed
from burnin_site.core.live.tests.conftest import Change
from burnin_site.core.live.tests.fake_source import FakeSource
from burnin_site.core.live.tests.test_consumer import closing_code, feed, knock, signed_in
from burnin_site.core.roles import Role

__all__ = ["feed"]
pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A page whose consumer can be told to fail, as an ASGI application that a test runs itself."""

    def __init__(self, user: Any, session: Any) -> None:
        self.to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.fails_to_send = ""
        scope = {"type": "websocket", "query_string": b"", "headers": [], "user": user, "session": session}
        self.to_server.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(LiveConsumer.as_asgi()(scope, self.to_server.get, self._send))

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == self.fails_to_send:
            raise ConnectionError("the socket is gone")
        await self.sent.put(message)

    async def until(self, kind: str) -> dict[str, Any]:
        while True:
            message = await asyncio.wait_for(self.sent.get(), 10)
            if message["type"] == kind:
                return message

    def receive(self, text: str) -> None:
        self.to_server.put_nowait({"type": "websocket.receive", "text": text})

    def hang_up(self) -> None:
        self.to_server.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def end(self) -> None:
        await asyncio.wait([self.task], timeout=10)
        assert self.task.done()


async def open_page() -> Page:
    page = Page(*(await sync_to_async(signed_in)(Role.VIEWER)))
    await page.until("websocket.accept")
    return page


@pytest.mark.parametrize("text", ["[" * 100_000, '{"t":' * 100_000, "null", '{"t":"ack","v":' + "9" * 5000 + "}", ""])
async def test_after_a_message_that_cannot_be_read(board: type[FakeSource], feed: Feed, text: str) -> None:
    page = await open_page()
    await page.until("websocket.send")
    page.receive(text)
    assert (await page.until("websocket.close"))["code"] == consumers.BAD_MESSAGE
    page.hang_up()
    await page.end()
    assert (feed.count, feed.running, dict(LiveConsumer.open_by_person)) == (0, False, {})


@pytest.mark.parametrize("moment", ["websocket.accept", "websocket.send"])
async def test_after_the_task_was_cancelled(board: type[FakeSource], feed: Feed, moment: str) -> None:
    page = Page(*(await sync_to_async(signed_in)(Role.VIEWER)))
    await page.until(moment)
    page.task.cancel()
    await page.end()
    assert (feed.count, feed.running, dict(LiveConsumer.open_by_person)) == (0, False, {})


@pytest.mark.parametrize("kind", ["websocket.accept", "websocket.send", "websocket.close"])
async def test_after_sending_failed(board: type[FakeSource], feed: Feed, kind: str) -> None:
    page = Page(*(await sync_to_async(signed_in)(Role.VIEWER)))
    page.fails_to_send = kind
    if kind == "websocket.close":
        await page.until("websocket.send")
        page.receive("not json")
    if kind == "websocket.send":
        assert (await page.until("websocket.close"))["code"] == consumers.TRY_AGAIN
        page.hang_up()
    await page.end()
    assert (feed.count, feed.running, dict(LiveConsumer.open_by_person)) == (0, False, {})


@pytest.mark.parametrize("when", ["at the start", "at a new beginning"])
async def test_after_the_database_was_away(
    board: type[FakeSource], feed: Feed, change: Change, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    def rows(*_self: Any, **_asked: Any) -> Any:
        raise DatabaseError("away")

    if when == "at the start":
        monkeypatch.setattr(board, "rows", rows)
        page = await open_page()
    else:
        page = await open_page()
        await page.until("websocket.send")
        await sync_to_async(change)(1, "one")
        monkeypatch.setattr(board, "rows", rows)
        page.receive('{"t":"resync"}')
    assert (await page.until("websocket.close"))["code"] == consumers.TRY_AGAIN
    page.hang_up()
    await page.end()
    assert (feed.count, feed.running, dict(LiveConsumer.open_by_person)) == (0, False, {})


async def test_after_it_asked_for_too_many_new_beginnings(board: type[FakeSource], feed: Feed) -> None:
    page = await open_page()
    for _ in range(consumers.RESYNCS_BURST + 1):
        page.receive('{"t":"resync"}')
    assert (await page.until("websocket.close"))["code"] == consumers.TOO_MANY
    page.hang_up()
    await page.end()
    assert (feed.count, feed.running, dict(LiveConsumer.open_by_person)) == (0, False, {})


async def test_a_person_has_so_many_pages_and_the_next_is_told_so(
    board: type[FakeSource], feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "SOCKETS_PER_PERSON", 2)
    user, session = await sync_to_async(signed_in)(Role.VIEWER)
    pages = [knock(user, session) for _ in range(3)]
    for page in pages:
        await page.connect()
    assert await closing_code(pages[2]) == consumers.TOO_MANY
    await pages[0].disconnect()
    again: WebsocketCommunicator = knock(user, session)
    await again.connect()
    assert (await again.receive_json_from(5))["t"] == "snap"
    for page in (pages[1], pages[2], again):
        await page.disconnect()
    assert (feed.count, dict(LiveConsumer.open_by_person)) == (0, {})


async def test_who_comes_while_the_last_one_leaves_is_served(board: type[FakeSource], feed: Feed) -> None:
    first = await feed.subscribe("board", None)
    leaving = asyncio.ensure_future(feed.unsubscribe(first))
    second = await feed.subscribe("board", None)
    await leaving
    assert feed.running
    await feed.unsubscribe(second)
    assert not feed.running
