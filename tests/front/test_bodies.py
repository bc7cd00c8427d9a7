"""A body is measured before any of it is kept, whoever sends it, whatever it is and wherever it goes."""

import json

import psutil
import pytest

from burnin_site.front import limits
from tests.browser.server import Server
from tests.front.wire import Answer, chunked, dial, head, listen, sign_in, talk

HUGE = "Content-Length: 100000000"
FORM = "Content-Type: application/x-www-form-urlencoded"
NOBODY_YET = "Cookie: sessionid=made-up-by-a-stranger"


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/login", "/setup", "/admin/login/", "/", "/nowhere", "/static/x.css"]
)
def test_a_huge_form_is_refused_by_its_headers_on_every_path(server: Server, path: str) -> None:
    answer = talk(server, head("POST", path, FORM, HUGE))  # not a byte of the body is sent
    assert answer.status == 413
    assert answer.error


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Type: multipart/form-data; boundary=x",),
        ("Content-Type: application/json",),
        ("Content-Type: application/octet-stream",),
        (),
        (FORM, NOBODY_YET),
        (FORM, "Authorization: Token made-up"),
        (FORM, "Expect: 100-continue"),
        (FORM, "Daphne-Root-Path: /x"),
    ],
    ids=lambda lines: " ".join(lines) or "untyped",
)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_huge_body_of_any_kind_is_refused_by_its_headers(server: Server, lines: tuple[str, ...], method: str) -> None:
    answer = talk(server, head(method, "/api/auth/login", *lines, HUGE))
    assert (answer.status, json.loads(answer.body)["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/healthz", "/login", "/api/v1/drives", "/nowhere"])
@pytest.mark.parametrize("lines", [(), (NOBODY_YET,)], ids=["nobody", "somebody"])
def test_a_body_that_does_not_say_its_size_is_counted_as_it_arrives(
    server: Server, path: str, lines: tuple[str, ...]
) -> None:
    piece = chunked([b"a" * 65536])[:-5]
    answer = talk(server, head("POST", path, FORM, "Transfer-Encoding: chunked", *lines), *[piece] * 40)
    assert answer.status == 413


def test_a_body_in_very_many_small_chunks_is_refused(server: Server) -> None:
    tiny = chunked([b"a"] * (limits.CHUNKS + 2))
    assert talk(server, head("POST", "/login", "Transfer-Encoding: chunked"), tiny).status == 413


def test_a_websocket_cannot_bring_a_body(server: Server) -> None:
    assert talk(server, head("GET", "/ws/live", "Upgrade: websocket", HUGE)).status == 413


@pytest.mark.parametrize("size", [0, 1, limits.SMALL_BODY])
def test_a_body_that_fits_arrives_whole(server: Server, size: int) -> None:
    body = json.dumps({"username": "x", "password": ""}).ljust(size).encode()
    json_type = "Content-Type: application/json"
    whole = talk(server, head("POST", "/api/auth/token", json_type, f"Content-Length: {len(body)}"), body)
    pieces = chunked([body[:7], body[7:]])
    in_chunks = talk(server, head("POST", "/api/auth/token", json_type, "Transfer-Encoding: chunked"), pieces)
    assert (whole.status, whole.error) == (422, "password: This field may not be blank.")
    assert (in_chunks.status, in_chunks.error) == (whole.status, whole.error)


def test_what_is_refused_leaves_no_memory_behind(server: Server) -> None:
    before = psutil.Process(server.pid).memory_info().rss
    open_ones = [dial(server) for _ in range(40)]
    for connection in open_ones:  # 40 MB of a stranger who says to be somebody, and never the end of it
        connection.sendall(head("POST", "/", FORM, NOBODY_YET, f"Content-Length: {limits.BODY}"))
        connection.settimeout(5)
    for connection in open_ones:
        send_most(connection)
    answers: list[Answer] = [listen_now(connection) for connection in open_ones]
    grown = psutil.Process(server.pid).memory_info().rss - before
    for connection in open_ones:
        connection.close()
    assert 503 in {answer.status for answer in answers}
    assert grown < 2 * limits.BODIES


@pytest.mark.parametrize("proxy", [False, True], ids=["directly", "through a proxy"])
def test_a_signed_in_person_cannot_fill_the_memory(server: Server, closed: Server, proxy: bool) -> None:  # noqa: FBT001
    place, source = (closed, "127.0.0.9") if proxy else (server, "127.0.0.1")
    lines = [f"Cookie: {sign_in(server, 'bob')}"] + ["X-Forwarded-For: 10.0.0.7"] * proxy
    assert talk(place, head("GET", "/", *lines, "Connection: close"), source=source).status == 200  # known from here on
    before = psutil.Process(place.pid).memory_info().rss
    open_ones = [dial(place, source) for _ in range(80)]
    for connection in open_ones:
        connection.settimeout(5)
        connection.sendall(head("POST", "/api/v1/burnin/start", *lines, f"Content-Length: {limits.BODY}"))
        send_most(connection)
    answers = [listen_now(connection) for connection in open_ones]
    grown = psutil.Process(place.pid).memory_info().rss - before
    for connection in open_ones:
        connection.close()
    assert [answer.status for answer in answers].count(503) >= 70
    assert grown < 6 * limits.BODIES_PER_CALLER


def send_most(connection: object) -> None:
    try:
        connection.sendall(b"a" * (limits.BODY - 1))  # type: ignore[attr-defined]
    except OSError:
        return


def listen_now(connection: object) -> Answer:
    connection.settimeout(0.2)  # type: ignore[attr-defined]
    try:
        return listen(connection)  # type: ignore[arg-type]
    except TimeoutError:
        return Answer(0, "", "")
