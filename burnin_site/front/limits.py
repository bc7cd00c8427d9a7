"""How much a stranger may send, hold and keep waiting. Times in seconds, sizes in bytes."""

from burnin_site.core.doors import sign_in_paths
from burnin_site.core.networks import ALWAYS_OPEN

KIB, MIB = 1024, 1024 * 1024

# --- one request
HEADER_BYTES = 16 * KIB  # with the request line; a browser of ours sends 2
HEADER_FIELDS = 100
HEADERS_WITHIN_S = 10.0  # from the first byte to the empty line
BODY_WITHIN_S = 30.0  # the whole of it: the largest body then needs 35 KiB a second
IDLE_S = 60.0  # between two requests, and before the first
SMALL_BODY = 64 * KIB  # from somebody who does not even say who they are; a sign-in has 1
BODY = MIB  # two thousand drives started at once are 200 KiB
CHUNKS = 4096  # of one chunked body: each costs the server the same, also one of a single byte
PIPELINED = 4 * KIB  # read ahead while a request is served

# --- one connection that is being closed: how long, and how much of what was on its way is read and thrown away, so
# that the sentence gets through (a close with unread bytes cuts the answer off)
LINGER_S = 2.0
LINGER_BYTES = 8 * MIB
STALLED_S = 20.0  # without a byte being taken of what we send

# --- all connections
CONNECTIONS = 1000  # 30 KiB each
CONNECTIONS_PER_ADDRESS = 256
OTHER_FILES = 200  # file descriptors for the database, logs and so on
# Bodies are counted until they are answered. Django holds those it is working on, 14 at once, two times more.
BODIES = 16 * MIB  # of all strangers together
BODIES_PER_CALLER = 4 * MIB  # of one session or token that was good a moment ago
BODIES_OF_CALLERS = 48 * MIB  # of all of these
UNREAD = 32 * MIB  # sent by us and not taken yet
SWEEP_S = 0.5
TIDY_S = 30.0  # memory that nobody uses is given back

# --- websockets: a browser sends an acknowledgement for each frame it gets, at most three a second of 30 bytes
SOCKETS = 512
SOCKETS_PER_ADDRESS = 64  # of strangers; a page's own session is known by the time it opens its socket
SOCKETS_PER_PERSON = 32  # half-open ones too; the consumer counts the tabs of a person over all their sessions
SOCKET_OPENINGS_BURST, SOCKET_OPENINGS_PER_S = 60, 4.0  # of a session, or of all strangers from one address
MESSAGE_BYTES = KIB
SOCKET_BYTES_BURST, SOCKET_BYTES_PER_S = 8 * KIB, 2 * KIB
FRAMES_BURST, FRAMES_PER_S = 40, 10.0
PING_EVERY_S, PONG_WITHIN_S = 20, 15
HANDSHAKE_WITHIN_S = 10

WITHOUT_BODY = (*ALWAYS_OPEN, "/readyz", "/favicon.ico")


def body_limit(path: str, *, claims_to_be_somebody: bool) -> int:
    """Return how large a body a request of this path may have."""
    if path in WITHOUT_BODY or path.startswith("/static/"):
        return 0
    if path in sign_in_paths() or not claims_to_be_somebody:
        return SMALL_BODY
    return BODY
