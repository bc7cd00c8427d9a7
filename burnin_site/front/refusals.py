"""What is said at the door."""

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
MANY_SOCKETS = Refusal(429, "too_many_sockets", "Too many live pages were opened. Close some, and wait a little.", 10)
NO_ROOM_FOR_SOCKETS = Refusal(503, "too_many_sockets", "Too many live pages are open. Try again later.", 30)


LESS = "Send less: choose fewer rows, or shorten texts."


def large_body(limit: int) -> Refusal:
    """Say that a body is too large, and what would do."""
    if not limit:
        return Refusal(413, "too_large", "This address takes no body: ask without one.")
    return Refusal(
        413, "too_large", f"More than {limit // limits.KIB} KiB were sent at once, so nothing was done. {LESS}"
    )
