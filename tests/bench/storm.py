"""Strangers who want the server down, as a process of its own: `python -m tests.bench.storm KIND URL COUNT SECONDS`.

It prints how often each answer came (a status, a websocket's closing code, or how the connection broke).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

PAUSE_S = 0.5  # between two attempts of one stranger
PIECE = b"a=1&" * 16384
BODY_BYTES = 100_000_000
FRAME = b"\x81\x8e\x00\x00\x00\x00" + b'{"t":"resync"}'
EMPTY_PING = b"\x89\x80\x00\x00\x00\x00"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Storm:
    """Many strangers of one kind."""

    def __init__(self, url: str, cookie: str) -> None:
        self.host, self.port = urlsplit(url).hostname or "", urlsplit(url).port or 80
        self._cookie = f"Cookie: {cookie}\r\n" if cookie else ""
        self.answers: Counter[str] = Counter()

    async def rage(self, kind: str, count: int, seconds: float) -> None:
        """Let `count` strangers try again and again."""
        until = time.monotonic() + seconds
        deed: Callable[[int], Awaitable[str]] = getattr(self, kind)
        await asyncio.gather(*(self._stranger(deed, number, until) for number in range(count)))

    async def _stranger(self, deed: Callable[[int], Awaitable[str]], number: int, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    self.answers[await deed(number)] += 1
            except TimeoutError:
                self.answers["still open at the end"] += 1
            except (OSError, EOFError) as error:
                self.answers[type(error).__name__] += 1
            await asyncio.sleep(PAUSE_S)

    # --- the kinds

    async def bodies(self, number: int) -> str:
        """Send a hundred megabytes of form fields."""
        path = ("/healthz", "/login", "/", "/api/auth/login")[number % 4]
        chunked = number % 2
        size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {BODY_BYTES}"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n{size}\r\n\r\n"
        )
        piece = b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE
        return await self._send(head.encode(), [piece] * (BODY_BYTES // len(PIECE)))

    async def sign_ins(self, number: int) -> str:
        """Guess a password."""
        body = json.dumps({"username": f"nobody-{number}", "password": "guess"})
        head = "POST /api/auth/login HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        return await self._send(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode(), [])

    async def slow(self, number: int) -> str:
        """Send headers, or a body, a byte at a time."""
        head = b"POST /login HTTP/1.1\r\nHost: bench\r\nContent-Length: 60000\r\n"
        begin = head + b"\r\n" if number % 2 else head
        return await self._send(begin, [b"x"] * 1000, pause_s=1.0)

    async def silent(self, _number: int) -> str:
        """Open a websocket and never read or answer."""
        async with self._open_socket() as (reader, _writer):
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.Event().wait()
        return ""

    async def flooding(self, number: int) -> str:
        """Open a websocket and send as fast as it takes it."""
        async with self._open_socket() as (reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head:
                return head[9:12].decode()
            code = asyncio.create_task(self._closing_code(reader))
            code.add_done_callback(_heard)
            piece = (EMPTY_PING if number % 2 else FRAME) * 200
            with suppress(ConnectionError):
                while not code.done():
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
            return await code

    # --- the wire

    async def _send(self, head: bytes, pieces: list[bytes], pause_s: float = 0.0) -> str:
        async with _Connection(self) as (reader, writer):
            writer.write(head)
            status = asyncio.create_task(reader.readline())
            status.add_done_callback(_heard)
            with suppress(ConnectionError):
                for piece in pieces:
                    if status.done():
                        break
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause_s)
            return (await status)[9:12].decode() or "closed"

    def _open_socket(self) -> _Connection:
        return _Connection(
            self,
            f"GET /ws/live HTTP/1.1\r\nHost: bench\r\n{self._cookie}Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        )

    async def _closing_code(self, reader: asyncio.StreamReader) -> str:
        while True:
            first, second = await reader.readexactly(2)
            size = second & 127
            if size >= 126:
                size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
            payload = await reader.readexactly(size)
            if first & 15 == 8:
                return str(int.from_bytes(payload[:2]))


def _heard(task: asyncio.Task[Any]) -> None:
    """Let a connection that broke when nobody waited for its answer any more be no complaint."""
    if not task.cancelled():
        task.exception()


class _Connection:
    """A connection that is gone afterwards, whatever happened."""

    def __init__(self, storm: Storm, hello: str = "") -> None:
        self._storm, self._hello = storm, hello

    async def __aenter__(self) -> Streams:
        reader, self._writer = await asyncio.open_connection(self._storm.host, self._storm.port)
        self._writer.write(self._hello.encode())
        return reader, self._writer

    async def __aexit__(self, *_exception: object) -> None:
        self._writer.transport.abort()


def main() -> None:
    """Rage, then count."""
    kind, url, count, seconds, *cookie = sys.argv[1:]
    os.nice(19)
    storm = Storm(url, "".join(cookie))
    asyncio.run(storm.rage(kind, int(count), float(seconds)))
    print(kind, json.dumps(storm.answers))


if __name__ == "__main__":
    main()
