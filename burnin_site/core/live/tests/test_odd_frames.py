"""What a browser sends that makes no sense: the page is closed with a code, and nothing breaks."""

import logging

import pytest

from burnin_site.core.live import consumers
from burnin_site.core.live.tests.fake_source import FakeSource
from burnin_site.core.live.tests.test_consumer import closing_code, viewer
from burnin_site.core.websocket_origin import is_own

pytestmark = pytest.mark.django_db(transaction=True)
UNREADABLE = [
    "[" * 3000 + "]" * 3000,
    '{"t":' * 40 + "1" + "}" * 40,
    r'{"t": "\ud800"}',
    r'{"\udfff": 1}',
    r'{"t": "\u0000"}',
    '{"t": "ack", "v": NaN}',
    '{"t": "ack", "v": 1e999}',
    '{"t": "ack", "v": ' + "9" * 5000 + "}",
    "null",
    '"resync"',
]
WITHOUT_MEANING = [
    "{}",
    '{"t": 7}',
    '{"t": ["ack"]}',
    '{"t": {"t": "ack"}}',
    '{"t": "ack"}',
    '{"t": "ack", "v": "7"}',
    '{"t": "ack", "v": 1.5}',
    '{"t": "ack", "v": true}',
    '{"t": "ack", "v": null}',
    '{"t": "ack", "v": -1}',
    '{"t": "ack", "v": 9223372036854775808}',
    '{"t": "RESYNC"}',
]


@pytest.mark.parametrize("text", UNREADABLE)
async def test_a_frame_that_cannot_be_read_closes_the_page(board: type[FakeSource], text: str) -> None:
    socket = await viewer()
    await socket.receive_json_from(5)
    await socket.send_to(text_data=text)
    assert await closing_code(socket) == consumers.BAD_MESSAGE


async def test_bytes_close_the_page(board: type[FakeSource]) -> None:
    socket = await viewer()
    await socket.receive_json_from(5)
    await socket.send_to(bytes_data=b"\xff\xfe")
    assert await closing_code(socket) == consumers.BAD_MESSAGE


@pytest.mark.parametrize("text", WITHOUT_MEANING)
async def test_a_frame_without_a_meaning_changes_nothing(
    board: type[FakeSource], text: str, caplog: pytest.LogCaptureFixture
) -> None:
    socket = await viewer()
    await socket.receive_json_from(5)
    await socket.send_to(text_data=text)
    await socket.send_to(text_data='{"t": "resync"}')
    frame = await socket.receive_json_from(5)
    assert frame["t"] == "snap"
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    await socket.disconnect()


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://a]b", "//", "", "é", "http://" + "a" * 5000])
def test_an_origin_that_cannot_be_read_is_a_foreign_one(origin: str) -> None:
    assert not is_own(origin, "nas.example:8080")
