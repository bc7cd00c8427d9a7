"""Connections to a web API that end when their time is up, wherever they are: name, handshake, headers or body.

The time-outs of the HTTP library count from one byte to the next, so a host that drips could hold a thread for ever.
"""

import contextlib
import socket
import threading
import time
import zlib
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from drives.hosts.edge.misfit import too_long
from drives.hosts.edge.room import Reading

ANY_ZLIB = zlib.MAX_WBITS | 32  # reads the header of gzip and of zlib
UNPACKED = ("", "identity")
PACKED = ("gzip", "x-gzip", "deflate")


class Deadline:
    """Cuts every connection that was made under it when the time is up. Use it as a context manager."""

    def __init__(self, seconds: float) -> None:
        self.rang = False
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for link in self._open:
                link.close()
            self._open.clear()

    @property
    def left_s(self) -> float:
        """Seconds that are left, never less than a moment."""
        return max(0.1, self._end - time.monotonic())

    def hold(self, link: socket.socket) -> None:
        """Cut this connection, too, when the time is up."""
        with self._lock:
            self._open.append(link.dup())  # TLS takes the socket apart and goes on with another one
            if self.rang:
                _cut(self._open[-1])

    def over(self, manager: PoolManager) -> None:
        """Have this pool make only connections that are held."""
        manager.pool_classes_by_scheme = _pools(self)

    def _ring(self) -> None:
        with self._lock:
            self.rang = True
            for link in self._open:
                _cut(link)


def _cut(link: socket.socket) -> None:
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)


def _pools(deadline: Deadline) -> dict[str, Any]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            link = super()._new_conn()
            deadline.hold(link)
            return link

    class Secured(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            link = super()._new_conn()
            deadline.hold(link)
            return link

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": SecuredPool}


def unpacked(pieces: Iterable[bytes], encoding: str, *, host_name: str, most_bytes: int) -> bytes:
    """Return a body, unpacked, as long as it has at most so many bytes: a kilobyte of gzip can hold a megabyte.

    Raises AnswerTooLong; ValueError for an encoding that nobody asked for, or a damaged one.
    """
    encoding = encoding.strip().lower()
    if encoding not in UNPACKED + PACKED:
        raise ValueError("an encoding that nobody asked for")
    inflate = zlib.decompressobj(ANY_ZLIB) if encoding in PACKED else None
    told: list[bytes] = []
    size = 0
    with Reading() as reading:
        for piece in pieces:
            try:
                part = piece if inflate is None else inflate.decompress(piece, most_bytes - size + 1)
            except zlib.error as error:
                raise ValueError("damaged") from error
            size += len(part)
            if size > most_bytes:
                raise too_long(host_name, most_bytes)
            told.append(part)
            reading.has(size)
        return b"".join(told)
