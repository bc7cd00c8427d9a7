"""The wire below the SSH library, which believes what the other side says: here it is counted and cut off."""

import socket
import struct
from typing import Any

from drives.hosts.edge import limits

PIECE = 256 * 1024  # a packet may claim 4 GB, and the library would make room for them at once
WINDOW = 512 * 1024  # what a channel may have on its way before somebody takes it
ON_ITS_WAY = 2 * WINDOW + limits.OVERHEAD_BYTES
COMMANDS = 4  # at once
EXT_INFO, INFO_REQUEST = 7, 60  # messages that tell how many entries follow: RFC 8308 2.3, RFC 4256 3.2


class Link:
    """A socket that hangs up when more comes than was allowed: floods of banners, of packets, and of lost channels.

    The library keeps what nobody reads, also what belongs to a channel that was closed.
    """

    def __init__(self, link: socket.socket) -> None:
        self.overrun = False
        self._link = link
        self._received = 0
        self._allowed = limits.GREETING_BYTES

    def begin(self) -> None:
        """Let the other side say what one more command may have on its way: its window, and some talk around it."""
        allowed = max(self._allowed, self._received) + ON_ITS_WAY
        self._allowed = min(allowed, self._received + COMMANDS * ON_ITS_WAY)

    def allow(self, taken: int) -> None:
        """Let it say as much again as was taken: of stdout, of stderr. Packets are a little longer than that."""
        self._allowed += taken + taken // 4

    def recv(self, size: int) -> bytes:
        """Receive; nothing more comes, as at the end of a connection, when the other side said too much."""
        if self.overrun:
            return b""
        read = self._link.recv(min(size, PIECE))
        self._received += len(read)
        if self._received <= self._allowed:
            return read
        self.overrun = True
        self._link.close()
        return b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)


def refuse_endless(kind: int, body: bytes) -> None:
    """Refuse a message that claims more entries than it can have: the library would go on to the claimed number.

    Raises EOFError, which ends the connection.
    """
    if kind not in (EXT_INFO, INFO_REQUEST):
        return
    place = 0
    for _ in range(3 if kind == INFO_REQUEST else 0):  # title, instructions, language
        place += 4 + _number_at(body, place)
    if _number_at(body, place) > limits.PROMPTS:
        raise EOFError("a message claims more entries than it can have")


def _number_at(body: bytes, place: int) -> int:
    """Return the number there, as the library reads it: what is missing is zero."""
    return int(struct.unpack(">I", body[place : place + 4].ljust(4, b"\0"))[0])
