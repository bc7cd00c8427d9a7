"""A websocket that does what no page of ours does is closed with a code; the server goes on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from burnin_site.front import limits
from tests.browser.server import Server
from tests.front.wire import head, sign_in, talk

FLOODING, BAD_MESSAGE, TOO_LARGE, NO_SUCH_PAGE, SIGNED_OUT = 4429, 4400, 1009, 4404, 4401


@pytest.fixture(scope="module")
def cookie(server: Server) -> str:
    return sign_in(server, "bob")


def open_page(server: Server, cookie: str = "", path: str = "/ws/live") -> ClientConnection:
    headers = {"Cookie": cookie} if cookie else {}
    url = server.url.replace("http", "ws", 1) + path
    return connect(url, additional_headers=headers, ping_interval=None, open_timeout=20, max_size=None)


def raw(page: ClientConnection, frame: Frame) -> None:
    """Send a frame that the library would not make."""
    page.socket.sendall(frame.serialize(mask=True))


def closing_code(page: ClientConnection) -> int:
    with suppress(ConnectionClosed):
        while True:
            page.recv(timeout=20)
    return page.protocol.close_code or 0


def frames(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> Callable[[], Iterator[Frame]]:
    def many() -> Iterator[Frame]:
        while True:
            yield Frame(opcode, data, fin)

    return many


def fragments() -> Iterator[Frame]:
    yield Frame(Opcode.TEXT, b"", fin=False)
    while True:
        yield Frame(Opcode.CONT, b"", fin=False)


FLOODS = {
    "acknowledgements": frames(Opcode.TEXT, b'{"t":"ack","v":0}'),
    "new beginnings": frames(Opcode.TEXT, b'{"t":"resync"}'),
    "unknown words": frames(Opcode.TEXT, b'{"t":"x"}'),
    "pings": frames(Opcode.PING),
    "pongs": frames(Opcode.PONG),
    "empty fragments": fragments,
    "frames as large as may be": frames(Opcode.TEXT, b'{"t":"' + b"x" * 900 + b'"}'),
}


@pytest.mark.parametrize("flood", sorted(FLOODS))
def test_a_flood_of_anything_is_cut_off_with_a_code(server: Server, cookie: str, flood: str) -> None:
    with open_page(server, cookie) as page:
        with suppress(OSError):
            for _, frame in zip(range(20_000), FLOODS[flood](), strict=False):
                raw(page, frame)
        assert closing_code(page) == FLOODING
    assert talk(server, head("GET", "/healthz", "Connection: close")).status == 200


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("[" * 1000, BAD_MESSAGE),
        ('{"t":' * 200, BAD_MESSAGE),
        ('{"a":' * 150 + "1" + "}" * 150, 0),
        ("", BAD_MESSAGE),
        (b"{}", BAD_MESSAGE),
        ("[]", BAD_MESSAGE),
        ("a" * (limits.MESSAGE_BYTES + 1), TOO_LARGE),
        ("a" * 1_000_000, FLOODING),
    ],
    ids=range(8),
)
def test_a_message_that_is_too_deep_or_too_long_closes_the_page(
    server: Server, cookie: str, message: str | bytes, code: int
) -> None:
    with open_page(server, cookie) as page:
        with suppress(ConnectionClosed):
            page.send(message)
        if code:
            assert closing_code(page) == code
        else:
            assert page.ping().wait(20)  # deep and harmless: it is ignored


def test_a_page_that_does_not_exist_is_closed_with_a_code(server: Server, cookie: str) -> None:
    with open_page(server, cookie, "/ws/nowhere") as page:
        assert closing_code(page) == NO_SUCH_PAGE


def test_a_stranger_s_page_is_closed_with_a_code(server: Server) -> None:
    with open_page(server) as page:
        assert closing_code(page) == SIGNED_OUT


def test_one_person_has_so_many_pages_and_no_more(server: Server) -> None:
    with ExitStack() as stack:
        pages = [stack.enter_context(open_page(server, sign_in(server, "vera"))) for _ in range(2)]
        many = sign_in(server, "vera")
        codes: list[int] = []
        while not codes and len(pages) < limits.SOCKETS_PER_PERSON * 2:
            try:
                page = stack.enter_context(open_page(server, many))
            except InvalidStatus as refused:
                codes.append(refused.response.status_code)
                continue
            pages.append(page)
            with suppress(ConnectionClosed):
                page.recv(timeout=20)
                continue
            codes.append(page.protocol.close_code or 0)
    assert codes == [FLOODING]
    assert len(pages) == 25
    with open_page(server, many) as page:  # the places were given back
        assert page.recv(timeout=20)


def test_half_open_handshakes_of_strangers_are_limited_and_end(server: Server) -> None:
    asked = head("GET", "/ws/live", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    answers = [talk(server, asked, source="127.0.6.1").status for _ in range(80)]
    assert set(answers) == {400, 429}  # without its key it is no handshake


KEY, VERSION, CONNECTION = "Sec-WebSocket-Key: " + "A" * 22 + "==", "Sec-WebSocket-Version: 13", "Connection: Upgrade"
SECRET = "words-of-the-sender"


@pytest.mark.parametrize(
    "lines",
    [
        (CONNECTION, VERSION),
        (CONNECTION, VERSION, f"Sec-WebSocket-Key: {SECRET}"),
        (CONNECTION, VERSION, KEY, f"Origin: {SECRET}"),
        (CONNECTION, VERSION, KEY, "Origin: http://a:" + "9" * 5000),
        (CONNECTION, KEY, "Sec-WebSocket-Version: " + "9" * 5000),
        (CONNECTION, KEY, f"Sec-WebSocket-Version: {SECRET}"),
        (CONNECTION, KEY, "Sec-WebSocket-Version: 99"),
        (CONNECTION, KEY),
        (VERSION, KEY),
        (f"Connection: {SECRET}", VERSION, KEY),
        (CONNECTION, VERSION, KEY, "Sec-WebSocket-Protocol: \xff"),
        (CONNECTION, VERSION, KEY, f"Sec-WebSocket-Protocol: {SECRET}, {SECRET}"),
        (CONNECTION, VERSION, KEY, "Host: a:" + "9" * 5000),
        (CONNECTION, VERSION, KEY, f"Sec-WebSocket-Key: {SECRET}"),
        (CONNECTION, VERSION, KEY, "Origin: http://[::1"),
    ],
    ids=range(15),
)
def test_a_handshake_that_is_refused_is_told_so_in_our_words(server: Server, lines: tuple[str, ...]) -> None:
    before = server.log.stat().st_size
    answer = talk(server, head("GET", "/ws/live", "Upgrade: websocket", *lines), source="127.0.6.2")
    assert answer.head.splitlines()[0] in ("HTTP/1.1 400 Bad Request", "HTTP/1.1 403 Forbidden")
    assert answer.error.endswith(".")
    assert SECRET not in answer.head + answer.body
    assert "99" not in answer.head + answer.body
    assert "Traceback" not in server.log.read_bytes()[before:].decode()


@pytest.mark.parametrize(("method", "status"), [("POST", 405), ("HEAD", 405), ("GET", 400)])
def test_a_handshake_of_another_method_is_refused_in_our_words(server: Server, method: str, status: int) -> None:
    answer = talk(server, head(method, "/ws/live", "Upgrade: websocket"), source="127.0.6.3")
    assert (answer.status, bool(answer.error)) == (status, method != "HEAD")


@pytest.mark.parametrize("made_up", ["Authorization: Token x{}", "Authorization: Basic x{}"])
def test_a_made_up_token_beside_a_session_is_no_further_share(server: Server, cookie: str, made_up: str) -> None:
    lines = ("Upgrade: websocket", CONNECTION, VERSION, f"Cookie: {sign_in(server, 'vera')}")
    page = head("GET", "/", lines[-1], made_up.format("0"), "Connection: close")
    assert talk(server, page).status == 200
    most = limits.SOCKET_OPENINGS_BURST
    answers = [
        talk(
            server, head("GET", "/ws/live", made_up.format(number), *lines), source=f"127.0.8.{number % 50 + 1}"
        ).status
        for number in range(most * 2)
    ]
    assert 429 in answers
