"""Malformed HTTP over a socket to the real server: it answers or hangs up, goes on, and writes no traceback."""

import json
import socket
from collections.abc import Iterator

import pytest

from tests.browser.server import Server

HOST = b"Host: 127.0.0.1\r\n"
MANY = b"&".join(b"a=1" for _ in range(1500))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start the product's own server."""
    made = Server(tmp_path_factory.mktemp("server"))
    made.prepare()
    made.start()
    yield made
    made.close()


def say(server: Server, sent: bytes, *, hang_up: bool = False) -> tuple[int, bytes]:
    """Send bytes and return the status and the body; 0 where the server said nothing."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as link:
        link.sendall(sent)
        if hang_up:
            link.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := link.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return (int(head.split(b" ")[1]) if head.startswith(b"HTTP/") else 0), body


def a_get(target: bytes, extra: bytes = b"") -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + extra + b"Connection: close\r\n\r\n"


def a_post(target: bytes, kind: bytes, body: bytes) -> bytes:
    head = b"Content-Type: " + kind + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n"
    return b"POST " + target + b" HTTP/1.1\r\n" + HOST + head + b"Connection: close\r\n\r\n" + body


# What Django or the front answers: each with a sentence.
UNREADABLE = {
    "too many fields": a_get(b"/login?" + MANY),
    "too many fields for the API": a_get(b"/api/v1/hosts?" + MANY),
    "too many fields beside a charset": a_post(
        b"/login?" + MANY, b"application/x-www-form-urlencoded; charset=utf-8", b"a=b"
    ),
    "too many fields beside JSON": a_post(b"/api/auth/login?" + MANY, b"application/json; charset=utf-8", b"{}"),
    "too many fields of a form": a_post(b"/nowhere", b"application/x-www-form-urlencoded", MANY),
    "a codec that unpacks": a_post(b"/login", b"application/x-www-form-urlencoded; charset=zlib", b"a=b"),
    "a surrogate": a_post(b"/api/auth/login", b"application/json", rb'{"\ud800": 1}'),
    "depth": a_post(b"/api/auth/token", b"application/json", b"[" * 100_000),
    "NUL in the path": a_get(b"/%00"),
    "NUL in the query": a_get(b"/login?next=%00"),
    "a path that is none": a_get(b"/\xff\xfe"),
    "a query that is none": a_get(b"/?\xff\xfe"),
    "a host that is none": b"GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    "a path that does not end": a_get(b"/" + b"%zz" * 1000),
    "a method of its own": a_get(b"/login").replace(b"GET", b"X" * 40, 1),
}
# What is no HTTP: an answer or none, as the server's library likes.
NO_HTTP = {
    "nothing": b"",
    "noise": bytes(range(256)) * 20,
    "no version": b"GET /\r\n\r\n",
    "a length that is none": b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\n",
    "a negative length": b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": (
        b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    ),
    "chunks that are none": b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n" + HOST + b": x\r\n\r\n",
    "a header over two lines": b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n",
    "half a request": b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 500\r\n\r\nabc",
    "a websocket with a strange origin": (
        b"GET /ws/live HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://[\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ),
    "a websocket elsewhere": (
        b"GET /ws/nowhere HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_gets_a_sentence(server: Server, what: str) -> None:
    status, body = say(server, UNREADABLE[what])
    assert 400 <= status < 500, (status, body[:200])
    text = json.loads(body)["error"] if body.startswith(b"{") else body.decode()
    assert " " in text
    assert len(text) > 15


@pytest.mark.parametrize("what", NO_HTTP)
def test_what_is_no_http_breaks_nothing(server: Server, what: str) -> None:
    status, body = say(server, NO_HTTP[what], hang_up=True)
    assert status < 500, (status, body[:200])
    assert server.answers()


def test_none_of_it_left_a_traceback_of_ours(server: Server) -> None:
    log = server.log.read_text(encoding="utf-8", errors="replace")
    assert "Exception inside application" not in log
    assert "Daphne HTTP processing error" not in log
    assert [line for line in log.splitlines() if '"level": "ERROR"' in line and "django.security" not in line] == []
