"""Whoever does not finish what they began is sent away; whoever does not read is hung up on."""

from contextlib import closing

import pytest

from tests.browser.server import Server
from tests.front.wire import PATIENCE_S, dial, head, listen
from tests.lab.waiting import wait_until

LENGTH = "Content-Length: 1000"


@pytest.mark.parametrize(
    "begun",
    [
        b"G",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: bench\r\nX-Half: a",
        head("POST", "/login", LENGTH),
        head("POST", "/login", LENGTH) + b"half",
        head("POST", "/api/auth/login", "Transfer-Encoding: chunked") + b"100\r\nhalf",
        head("POST", "/login", LENGTH, "Expect: 100-continue"),
        head("GET", "/ws/live", "Upgrade: websocket")[:-2],
    ],
    ids=range(8),
)
@pytest.mark.parametrize("drips", [False, True], ids=["silent", "dripping"])
def test_what_is_begun_and_not_finished_is_refused_in_time(hurried: Server, begun: bytes, *, drips: bool) -> None:
    with closing(dial(hurried)) as connection:
        connection.sendall(begun)
        if drips:
            drip(connection)
        answer = listen(connection)
    if answer.status == 100:  # it had asked whether it may
        answer = type(answer)(int(answer.body[9:12]), answer.body, answer.body.partition("\r\n\r\n")[2])
    assert (answer.status, "did not arrive within" in answer.body) == (408, True)


def drip(connection: object) -> None:
    """Send a byte at a time until there is an answer."""
    connection.settimeout(0.1)  # type: ignore[attr-defined]
    for _ in range(int(PATIENCE_S / 0.1)):
        try:
            connection.sendall(b"a")  # type: ignore[attr-defined]
            connection.recv(1, 2)  # type: ignore[attr-defined]  # 2: MSG_PEEK
        except TimeoutError:
            continue
        break
    connection.settimeout(PATIENCE_S)  # type: ignore[attr-defined]


@pytest.mark.parametrize("before", [b"", head("GET", "/healthz")], ids=["at once", "after an answer"])
def test_a_connection_that_asks_for_nothing_is_closed(hurried: Server, before: bytes) -> None:
    with closing(dial(hurried)) as connection:
        connection.sendall(before)
        if before:
            assert listen(connection).status == 200
        assert connection.recv(1) == b""


def test_a_connection_that_never_reads_is_closed(hurried: Server) -> None:
    asked = head("GET", "/static/admin/js/vendor/jquery/jquery.js")
    with closing(dial(hurried)) as connection:
        connection.setblocking(False)

        def is_cut() -> bool:
            try:
                connection.send(asked * 20)
            except BlockingIOError:
                return False
            except ConnectionError:
                return True
            return False

        wait_until(is_cut, "the server hangs up", within_s=PATIENCE_S)
