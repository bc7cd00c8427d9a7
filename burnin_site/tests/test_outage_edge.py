"""What an accident throws past Django and past the consumers still gets an answer at the server's edge."""

import errno
import json
from typing import Any

import pytest
from django.db import OperationalError

from burnin_site.core.outage_edge import OutageEdge

Message = dict[str, Any]


async def served(scope_type: str, path: str, error: Exception, *, after: tuple[Message, ...] = ()) -> list[Message]:
    """Return what the edge sends for an application that sends `after` and then fails with this error."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Message, receive: Any, say: Any) -> None:
        for message in after:
            await say(message)
        raise error

    await OutageEdge(app)({"type": scope_type, "path": path}, None, send)
    return sent


NO_ROOM = OSError(errno.ENOSPC, "No space left on device")
LOCKED = OperationalError("database is locked")


async def test_a_body_that_finds_no_room_on_the_disk_is_answered() -> None:
    start, body = await served("http", "/api/v1/burnin/start", NO_ROOM)
    assert start["status"] == 503
    assert dict(start["headers"])[b"retry-after"] == b"5"
    assert json.loads(body["body"])["code"] == "disk_full"


async def test_people_get_a_page_that_asks_nothing_of_the_database() -> None:
    """Without the `db` fixture a query would fail this test."""
    start, body = await served("http", "/login", LOCKED)
    assert start["status"] == 503
    assert b"text/html" in dict(start["headers"])[b"content-type"]
    assert b"held by another program" in body["body"]


async def test_an_answer_that_has_begun_gets_no_second_beginning() -> None:
    begun = ({"type": "http.response.start", "status": 200, "headers": []},)
    assert await served("http", "/", LOCKED, after=begun) == list(begun)


async def test_a_websocket_whose_session_cannot_be_read_is_told_to_come_back() -> None:
    assert await served("websocket", "/ws/live", LOCKED) == [
        {"type": "websocket.accept"},
        {"type": "websocket.close", "code": 4503},
    ]


async def test_so_is_one_that_was_accepted_already() -> None:
    accepted = ({"type": "websocket.accept"},)
    sent = await served("websocket", "/ws/live", LOCKED, after=accepted)
    assert sent[1:] == [{"type": "websocket.close", "code": 4503}]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_a_mistake_of_ours_goes_on_up(kind: str) -> None:
    with pytest.raises(LookupError):
        await served(kind, "/", LookupError("a mistake"))
    with pytest.raises(FileNotFoundError):
        await served(kind, "/", FileNotFoundError(errno.ENOENT, "no such file"))


async def test_what_is_neither_is_not_touched() -> None:
    with pytest.raises(OperationalError):
        await served("lifespan", "", LOCKED)
