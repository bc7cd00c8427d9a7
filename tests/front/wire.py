"""A client that sends what it likes, and reads until the server hangs up."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from html import unescape
from typing import Any

import requests

from tests.browser.server import PASSWORD, Server

PATIENCE_S = 60.0  # a busy machine; an answer that does not come at all is what is looked for


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: nothing."""

    status: int
    head: str
    body: str

    @property
    def error(self) -> str:
        """The sentence, of JSON or of a page."""
        if self.body.startswith("{"):
            return str(json.loads(self.body)["error"])
        found = re.search("<p[^>]*>(.*?)</p>", self.body)
        return unescape(found[1]) if found else ""


def dial(server: Server, source: str = "127.0.0.1") -> socket.socket:
    """Open a connection from an address of this machine."""
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE_S, source_address=(source, 0))


def head(method: str, path: str, *lines: str) -> bytes:
    """Return a request line and headers."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: bench", *lines, "", "")).encode("latin-1")


def talk(server: Server, *pieces: bytes, source: str = "127.0.0.1") -> Answer:
    """Send everything, as far as the server takes it, and read to the end."""
    with closing(dial(server, source)) as connection:
        with suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
        return listen(connection)


def listen(connection: socket.socket) -> Answer:
    """Read one answer to the end, which is when the server hangs up or the announced length is there."""
    received = b""
    with suppress(ConnectionError):
        while not _is_whole(received) and (data := connection.recv(65536)):
            received += data
    top, _, body = received.partition(b"\r\n\r\n")
    status = int(top[9:12]) if top.startswith(b"HTTP/1.1 ") else 0
    return Answer(status, top.decode("latin-1"), body.decode("utf-8", "replace"))


def _is_whole(received: bytes) -> bool:
    top, end, body = received.partition(b"\r\n\r\n")
    lines = [line.split(b":") for line in top.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end and lines) and len(body) >= int(lines[0][1])


def chunked(pieces: Iterable[bytes]) -> bytes:
    """Return a chunked body."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def sign_in(server: Server, name: str) -> str:
    """Return the cookies of a person of the seeded database."""
    with requests.Session() as session:
        answer = session.post(f"{server.url}/api/auth/login", json=credentials(name), timeout=PATIENCE_S)
        answer.raise_for_status()
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)


def credentials(name: str) -> dict[str, Any]:
    """Return what a person of the seeded database signs in with."""
    return {"username": name, "password": PASSWORD}
