"""The websocket: who may watch, what arrives, and when it is closed."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client

from burnin_site.core.live import consumers, outbox
from burnin_site.core.live.consumers import LiveConsumer
from burnin_site.core.live.feed import Feed
from burnin_site.core.live.tests.conftest import Change
from burnin_site.core.live.tests.fake_source import FakeSource
from burnin_site.core.roles import Role
from burnin_site.tests import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    """Give each test a feed of its own: one belongs to the event loop of its process."""
    own = Feed(interval_s=0.05)
    monkeypatch.setattr(consumers, "feed", own)
    return own


def signed_in(role: Role | None) -> tuple[User, Any]:
    """Return a person with this role and their session."""
    user = people.make_person("vera", role) if role else people.make_person("sam")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user, client.session


def knock(user: User | None, session: Any, query: str = "") -> WebsocketCommunicator:
    """Return a browser at the door."""
    socket = WebsocketCommunicator(LiveConsumer.as_asgi(), f"/ws/live?{query}")
    socket.scope["user"], socket.scope["session"] = user, session
    return socket


async def viewer(query: str = "") -> WebsocketCommunicator:
    """Return the connected browser of a viewer."""
    socket = knock(*(await sync_to_async(signed_in)(Role.VIEWER)), query)
    connected, _ = await socket.connect()
    assert connected
    return socket


async def closing_code(socket: WebsocketCommunicator) -> int:
    """Return the code that the server closes with."""
    message = await socket.receive_output(5)
    assert message["type"] == "websocket.close"
    return int(message["code"])


async def test_a_viewer_gets_a_snapshot_and_then_changes(board: type[FakeSource], change: Change) -> None:
    await sync_to_async(change)(1, "one")
    socket = await viewer()
    snap = await socket.receive_json_from(5)
    await socket.send_json_to({"t": "ack", "v": snap["v"]})
    version = await sync_to_async(change)(1, "two")
    delta = await socket.receive_json_from(5)
    await socket.disconnect()
    assert (snap["t"], [row["text"] for row in snap["rows"]]) == ("snap", ["one"])
    assert (delta["t"], delta["from"], delta["v"]) == ("delta", snap["v"], version)
    assert [row["text"] for row in delta["rows"]] == ["two"]


async def test_nothing_is_sent_before_the_browser_has_acknowledged(board: type[FakeSource], change: Change) -> None:
    socket = await viewer()
    await socket.receive_json_from(5)
    await sync_to_async(change)(1, "one")
    await sync_to_async(change)(1, "two")
    assert await socket.receive_nothing(1)
    await socket.send_json_to({"t": "ack", "v": 0})
    delta = await socket.receive_json_from(5)
    await socket.disconnect()
    assert [row["text"] for row in delta["rows"]] == ["two"]


async def test_it_begins_again_when_the_browser_asks(board: type[FakeSource], change: Change) -> None:
    version = await sync_to_async(change)(1, "one")
    socket = await viewer(f"since={version}")
    first = await socket.receive_json_from(5)
    await socket.send_json_to({"t": "resync"})
    second = await socket.receive_json_from(5)
    await socket.disconnect()
    assert (first["t"], first["rows"], second["t"], len(second["rows"])) == ("delta", [], "snap", 1)


async def test_it_says_that_it_lives_and_how_many_rows_there_are(
    board: type[FakeSource], change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT_S", 0.0)
    monkeypatch.setattr(consumers, "TICK_S", 0.02)
    version = await sync_to_async(change)(1, "one")
    socket = await viewer()
    await socket.receive_json_from(5)
    beat = await socket.receive_json_from(5)
    await socket.disconnect()
    assert beat == {"t": "hb", "v": version, "n": 1}


async def test_a_stranger_is_turned_away(board: type[FakeSource]) -> None:
    socket = knock(*(await sync_to_async(signed_in)(None)))
    await socket.connect()
    assert await closing_code(socket) == consumers.NOT_ALLOWED


async def test_somebody_who_is_not_signed_in_is_turned_away(board: type[FakeSource]) -> None:
    socket = knock(None, None)
    await socket.connect()
    assert await closing_code(socket) == consumers.SIGNED_OUT


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("role", consumers.NOT_ALLOWED),
        ("account", consumers.SIGNED_OUT),
        ("session", consumers.SIGNED_OUT),
        ("password", consumers.SIGNED_OUT),
        ("person", consumers.SIGNED_OUT),
    ],
)
async def test_a_right_that_is_taken_away_closes_the_page(
    board: type[FakeSource], monkeypatch: pytest.MonkeyPatch, what: str, code: int
) -> None:
    monkeypatch.setattr(consumers, "RIGHTS_EVERY_S", 0.2)
    monkeypatch.setattr(consumers, "TICK_S", 0.02)
    user, session = await sync_to_async(signed_in)(Role.VIEWER)
    socket = knock(user, session)
    await socket.connect()
    await socket.receive_json_from(5)

    def take_away() -> None:
        if what == "role":
            user.groups.clear()
        elif what == "person":
            user.delete()
        elif what == "session":
            session.delete(session.session_key)
        else:
            user.is_active = what != "account"
            user.set_password("another-long-password")
            user.save()

    await sync_to_async(take_away)()
    assert await closing_code(socket) == code


def test_rights_are_looked_at_every_few_seconds() -> None:
    assert consumers.RIGHTS_EVERY_S <= 5


async def test_a_browser_that_never_acknowledges_is_given_up(
    board: type[FakeSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "ACK_WITHIN_S", 0.05)
    monkeypatch.setattr(consumers, "TICK_S", 0.02)
    socket = await viewer()
    await socket.receive_json_from(5)
    assert await closing_code(socket) == consumers.TOO_SLOW


@pytest.mark.parametrize("text", ["not json", "[1]", "7"])
async def test_a_message_that_cannot_be_read_closes_the_page(board: type[FakeSource], text: str) -> None:
    socket = await viewer()
    await socket.receive_json_from(5)
    await socket.send_to(text_data=text)
    assert await closing_code(socket) == consumers.BAD_MESSAGE


async def test_the_feed_sleeps_when_the_last_browser_leaves(board: type[FakeSource], feed: Feed) -> None:
    socket = await viewer()
    await socket.receive_json_from(5)
    assert feed.running
    await socket.disconnect()
    assert not feed.running
