"""What is said at the door."""

from http import HTTPStatus

from burnin_site.core.refusals import Refusal
from burnin_site.front import limits

MALFORMED = Refusal(400, "malformed", "This request cannot be read. Reload the page and try again.")
BROKEN = Refusal(500, "server_error", "Something broke on our side. The server's log says what.")
MANY_CHUNKS = Refusal(413, "too_large", "The body comes in too many small chunks. Send it with Content-Length.")
LATE_HEADERS = Refusal(408, "too_slow", f"The request did not arrive within {limits.HEADERS_WITHIN_S:.0f} seconds.")
LATE_BODY = Refusal(408, "too_slow", f"The body did not arrive within {limits.BODY_WITHIN_S:.0f} seconds.")
LARGE_HEADERS = Refusal(
    431,
    "headers_too_large",
    f"Address and headers are more than {limits.HEADER_BYTES // limits.KIB} KiB or {limits.HEADER_FIELDS} lines. "
    "Send fewer: delete this site's cookies, or narrow the filter.",
)
CROWDED = Refusal(503, "busy", "The server holds too many requests at the moment. Try again in a few seconds.", 3)
BAD_HANDSHAKE = "This does not open a live page: the browser, or a proxy on the way, does not speak websocket as we do."
NO_HANDSHAKE = "This live page is not open to you. Sign in, and open it from this application."
MANY_SOCKETS = Refusal(429, "too_many_sockets", "Too many live pages were opened. Close some, and wait a little.", 10)
NO_ROOM_FOR_SOCKETS = Refusal(503, "too_many_sockets", "Too many live pages are open. Try again later.", 30)
LESS = "Send less: choose fewer rows, or shorten texts."


def handshake(status: int) -> Refusal:
    """Say why no websocket was opened, without a word of what was sent."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.HTTP_VERSION_NOT_SUPPORTED:
        return BROKEN
    is_forbidden = status == HTTPStatus.FORBIDDEN
    return Refusal(status, "no_websocket", NO_HANDSHAKE if is_forbidden else BAD_HANDSHAKE)


def large_body(limit: int) -> Refusal:
    """Say that a body is too large, and what would do."""
    if not limit:
        return Refusal(413, "too_large", "This address takes no body: ask without one.")
    return Refusal(
        413, "too_large", f"More than {limit // limits.KIB} KiB were sent at once, so nothing was done. {LESS}"
    )


def last_answer(status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> bytes:
    """Return an answer as it goes over the wire, with the word that it is the last one."""
    head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()]
    head += [name + b": " + value + b"\r\n" for name, value in (*headers, (b"connection", b"close"))]
    return b"".join([*head, b"\r\n", content])
