"""One connection: what is asked is judged by its headers, measured while it arrives, and refused with a sentence.

Twisted and daphne would take in the whole body first, a large one by way of the disk, read a form out of it in the loop
that serves everybody, and only then ask anyone. Here nothing is kept before its size is known to be all right.
"""

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from daphne.http_protocol import WebRequest
from twisted.web import http

from burnin_site.core.callers import claims_of, known_callers
from burnin_site.core.networks import ELSEWHERE
from burnin_site.core.refusals import Refusal, Refused
from burnin_site.front import limits, refusals
from burnin_site.front.connections import Connections, Phase

SUBPROTOCOLS = b"sec-websocket-protocol"
LENGTH_DIGITS = 18  # of a Content-Length: what fits into 64 bits


class GuardedRequest(WebRequest):  # type: ignore[misc]  # daphne has no types
    """A request whose body is counted, kept in memory, and not read into form fields: Django does that, with limits."""

    def gotLength(self, length: int | None) -> None:
        """Prepare for the body."""
        self.content = BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        """Take a part of the body. Raises Refused."""
        self.channel.count_body(len(data))
        self.content.write(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """Hand the whole request on."""
        self._say_length(self.content.tell())
        self.content.seek(0)
        self.args: dict[bytes, list[bytes]] = {}
        self.method, self.uri, self.clientproto = command, path, version
        self.path = path.split(b"?", 1)[0]
        channel = self.channel
        # Daphne would take it for our prefix, and stumble over one that is not ASCII.
        self.requestHeaders.removeHeader(b"daphne-root-path")
        self.process()
        self.content = BytesIO()  # the application has it now: once is enough
        channel.ledger.hand_over(channel, self._when_answered)
        channel.follow_upgrade()

    def _when_answered(self, call: Callable[[Any], None]) -> None:
        application = self.server.connections.get(self, {}).get("application_instance")
        if application is None:
            call(None)  # daphne has refused it
        else:
            application.add_done_callback(call)

    def _say_length(self, length: int) -> None:
        """Turn a body that came in chunks into one of known size: Django REST takes any other for an empty one."""
        if self.requestHeaders.hasHeader(b"transfer-encoding"):
            self.requestHeaders.removeHeader(b"transfer-encoding")
            self.requestHeaders.setRawHeaders(b"content-length", [str(length).encode()])

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Say in our words what daphne finds wrong."""
        said = refusals.MALFORMED if status < HTTPStatus.INTERNAL_SERVER_ERROR else refusals.BROKEN
        headers, content = said.render(path_of(getattr(self, "uri", b"")))
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": content})


class GuardedChannel(http.HTTPChannel):  # type: ignore[misc]  # seen without types, as daphne is
    """A connection that is known to the ledger."""

    maxHeaders = limits.HEADER_FIELDS
    totalHeadersSize = limits.HEADER_BYTES
    MAX_LENGTH = limits.HEADER_BYTES
    _optimisticEagerReadSize = limits.PIPELINED

    def __init__(self, ledger: Connections) -> None:
        super().__init__()
        self.requests: list[Any] = []
        self.ledger = ledger
        self.peer = ""
        self.phase, self.since = Phase.IDLE, ledger.now()
        self.caller = ""
        self.body_bytes = self._body_limit = self._chunks = self._thrown_away = 0
        self.socket_payer = ""

    # --- what twisted calls

    def connectionMade(self) -> None:
        """Count the connection."""
        super().connectionMade()
        self.peer = str(getattr(self.transport.getPeer(), "host", ""))
        self.ledger.admit(self)

    def connectionLost(self, reason: Any) -> None:
        """Forget it."""
        super().connectionLost(reason)
        self.ledger.forget(self)

    def dataReceived(self, data: bytes) -> None:
        """Take what arrives."""
        if self.phase is Phase.LEAVING:
            self._throw_away(data)
            return
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEADERS)
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        """Take a line of the headers."""
        if self.phase is Phase.LEAVING:
            return
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEADERS)
        too_many = self._receivedHeaderCount >= self.maxHeaders
        if too_many or self._receivedHeaderSize + len(line) > self.totalHeadersSize:
            self.refuse(refusals.LARGE_HEADERS)
            return
        try:
            super().lineReceived(line)
        except Refused as refused:
            self.refuse(refused.refusal)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a line that is longer than all headers may be."""
        self.refuse(refusals.LARGE_HEADERS)

    def allHeadersReceived(self) -> None:
        """Judge the request by its headers. Raises Refused."""
        self._enter(Phase.BODY)
        self._judge()
        super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:
        """Take a part of the body, or what is sent ahead of its time."""
        if self.phase is Phase.LEAVING:
            return
        try:
            super().rawDataReceived(data)
        except Refused as refused:
            self.refuse(refused.refusal)

    def allContentReceived(self) -> None:
        """Have the request answered."""
        if self.phase is Phase.LEAVING:
            return
        self._enter(Phase.SERVED)
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        """Wait for the next one."""
        self.ledger.release(self)
        self._enter(Phase.IDLE)
        super().requestDone(request)

    def _respondToBadRequestAndDisconnect(self) -> None:
        self.refuse(refusals.MALFORMED)

    # --- what the request and the ledger call

    def count_body(self, size: int) -> None:
        """Count a part of the body before it is kept. Raises Refused."""
        self._chunks += self.length is None
        if self.body_bytes + size > self._body_limit:
            raise Refused(refusals.large_body(self._body_limit))
        if self._chunks > limits.CHUNKS:
            raise Refused(refusals.MANY_CHUNKS)
        self.ledger.hold(self, size)

    def follow_upgrade(self) -> None:
        """Note that the connection speaks websocket from here on: its protocol tells us when it is gone."""
        protocol = self.transport.protocol if self.transport is not None else self
        if protocol is not self:
            self._enter(Phase.SOCKET)
            protocol.channel = self

    def refuse(self, refusal: Refusal) -> None:
        """Say a sentence, stop listening, and close once the other side has had the time to read it."""
        if self.phase is Phase.LEAVING:
            return
        self._enter(Phase.LEAVING)
        headers, content = refusal.render(path_of(getattr(self, "_path", b"")))
        silent = getattr(self, "_command", b"") == b"HEAD"
        self.transport.write(refusals.last_answer(refusal.status, headers, b"" if silent else content))
        self.transport.loseWriteConnection()
        self.setRawMode()
        for request in self.requests:
            request.connectionLost(None)
        self.requests = []
        self.ledger.release(self)

    def leave(self) -> None:
        """Close when everything is sent."""
        self.loseConnection()

    def drop(self) -> None:
        """Close at once."""
        self.transport.abortConnection()

    def unread(self) -> int:
        """Return how many bytes of ours the other side has not taken yet."""
        sending = self.transport
        return int(len(sending.dataBuffer) - sending.offset + sending._tempDataLen)  # noqa: SLF001  twisted has no other word

    # --- inside

    def _enter(self, phase: Phase) -> None:
        self.phase, self.since = phase, self.ledger.now()

    def _maybeChooseTransferDecoder(self, header: bytes, data: bytes) -> bool:
        """Refuse a size with more digits than Python would read (4300). Raises Refused."""
        if header == b"Content-Length" and data.isdigit() and len(data) > LENGTH_DIGITS:
            is_large = len(data.lstrip(b"0")) > LENGTH_DIGITS
            raise Refused(refusals.large_body(limits.BODY) if is_large else refusals.MALFORMED)
        return bool(super()._maybeChooseTransferDecoder(header, data))

    def _throw_away(self, data: bytes) -> None:
        self._thrown_away += len(data)
        if self._thrown_away > limits.LINGER_BYTES:
            self.drop()

    def _judge(self) -> None:
        """Decide what this request may send. Raises Refused."""
        request_headers = self.requests[-1].requestHeaders
        path = path_of(self._path)
        headers = [(name.lower(), value) for name, values in request_headers.getAllRawHeaders() for value in values]
        client = self.ledger.networks.client_of(self.peer, headers)
        if not self.ledger.networks.lets_in(client, path):
            raise Refused(ELSEWHERE)
        claims = claims_of(headers)
        self.caller = known_callers.known_of(claims)
        is_socket = (request_headers.getRawHeaders(b"upgrade") or [b""])[0].lower() == b"websocket"
        if is_socket and not all(value.isascii() for name, value in headers if name == SUBPROTOCOLS):
            raise Refused(refusals.MALFORMED)  # the only one that daphne reads as ASCII
        self._chunks = 0
        self._body_limit = 0 if is_socket else limits.body_limit(path, claims_to_be_somebody=bool(claims))
        if self.length is not None and self.length > self._body_limit:
            raise Refused(refusals.large_body(self._body_limit))
        if is_socket:
            self.ledger.admit_socket(self, client)


def path_of(uri: bytes) -> str:
    """Return the path as the application sees it."""
    return unquote(uri.split(b"?", 1)[0].decode("latin-1"))
