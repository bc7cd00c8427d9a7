"""One websocket: small frames, few of them, and no more of either once it has overdone it."""

import logging
from http import HTTPStatus
from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from burnin_site.core.buckets import Bucket
from burnin_site.front import limits, refusals
from burnin_site.front.channel import GuardedChannel, path_of

logger = logging.getLogger(__name__)
FLOODING, TOO_LARGE = 4429, 1009


class GuardedSocket(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """A websocket that is cut off with a code when it sends more than any page of ours would."""

    channel: GuardedChannel | None = None
    _greeted = False
    _deaf = False

    def connectionMade(self) -> None:
        """Begin to count."""
        super().connectionMade()
        self._bytes = Bucket(limits.SOCKET_BYTES_BURST, limits.SOCKET_BYTES_PER_S)
        self._frames = Bucket(limits.FRAMES_BURST, limits.FRAMES_PER_S)

    def connectionLost(self, reason: Any) -> None:
        """Tell the application and the ledger, whatever one of them makes of it."""
        try:
            super().connectionLost(reason)
        finally:
            if self.channel is not None:
                self.channel.ledger.forget(self.channel)

    def dataReceived(self, data: bytes) -> None:
        """Take what arrives. The first of it is the request, which daphne plays again and which was measured before."""
        if self._deaf:
            return
        if self._greeted and not self._bytes.take(len(data)):
            self._cut_off(FLOODING)
            return
        self._greeted = True
        super().dataReceived(data)

    def processHandshake(self) -> None:
        """Read the request. What autobahn stumbles over is as wrong as what it refuses."""
        try:
            super().processHandshake()
        except (ValueError, LookupError, TypeError) as error:
            logger.warning("A websocket request could not be read: %s", type(error).__name__)
            self.failHandshake("unreadable")

    def failHandshake(
        self,
        reason: str,
        code: int = HTTPStatus.BAD_REQUEST,
        responseHeaders: list[tuple[str, str]] | None = None,
    ) -> None:
        """Say it in our words; autobahn would say it in the sender's, in the status line."""
        self.wasNotCleanReason = reason
        method, _, rest = bytes(getattr(self, "http_request_data", b"")).partition(b" ")
        refusal = refusals.handshake(code)
        headers, content = refusal.render(path_of(rest.partition(b" ")[0]))
        headers += [(name.lower().encode(), value.encode()) for name, value in responseHeaders or ()]
        self.sendData(refusals.last_answer(refusal.status, headers, b"" if method == b"HEAD" else content))
        self.dropConnection(abort=False)

    def onMessageFrameBegin(self, length: int) -> None:
        """Count a frame, also one that is a part of a message, and an empty one."""
        self._count()
        super().onMessageFrameBegin(length)
        if self.message_data_total_length > limits.MESSAGE_BYTES and not self._deaf:
            self._cut_off(TOO_LARGE)

    def onPing(self, payload: bytes) -> None:
        """Count a ping."""
        self._count()
        if not self._deaf:
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        """Count a pong."""
        self._count()
        super().onPong(payload)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001
        """Hand a message on."""
        if not self._deaf:
            super().onMessage(payload, isBinary)

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: FBT001
        """Tell the application, if it ever heard of this socket."""
        if hasattr(self, "server"):
            super().onClose(wasClean, code, reason)

    def _count(self) -> None:
        if not self._deaf and not self._frames.take():
            self._cut_off(FLOODING)

    def _cut_off(self, code: int) -> None:
        """Say why and read no more; autobahn closes a second later, when the code has arrived."""
        self._deaf = True
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code, isReply=False)  # sendClose takes no code of the protocol itself
            self.transport.pauseProducing()
        else:
            self.dropConnection(abort=True)


class GuardedSocketFactory(WebSocketFactory):  # type: ignore[misc]  # daphne has no types
    """Makes them."""

    protocol = GuardedSocket
