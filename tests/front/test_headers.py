"""Request lines and headers have an end, and whoever sends nonsense is told so in a sentence."""

import json

import pytest

from burnin_site.core.logs import REFUSAL_LETTERS
from burnin_site.front import refusals
from tests.browser.server import Server
from tests.front.wire import head, talk

LONG = "a" * 20_000


@pytest.mark.parametrize(
    "sent",
    [
        head("GET", "/?" + LONG),
        head("GET", "/" + LONG),
        head("GET", "/", f"X-Long: {LONG}"),
        head("GET", "/", f"Cookie: {LONG}"),
        head("GET", "/", *(f"X-{number}: a" for number in range(150))),
        head("GET", "/", *(f"X-{number}: {'a' * 300}" for number in range(90))),
        head("GET", "/", "X-Folded: a", *(" " + "a" * 300 for _ in range(90))),
        b"GET / HTTP/1.1\r\nX-Endless: " + b"a" * 40_000,
        b"a" * 40_000,
    ],
    ids=range(9),
)
def test_too_many_or_too_long_headers_are_refused_in_words(server: Server, sent: bytes) -> None:
    answer = talk(server, sent)
    assert (answer.status, "16 KiB" in answer.error) == (431, True)


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        head("GET", "/", "no colon"),
        head("GET", "/", "Bad Name: x"),
        head("POST", "/", "Content-Length: many"),
        head("POST", "/", "Content-Length: -1"),
        head("POST", "/", "Content-Length: 3", "Transfer-Encoding: chunked"),
        head("POST", "/", "Transfer-Encoding: gzip"),
        head("POST", "/", "Transfer-Encoding: chunked") + b"zz\r\n",
        head("GET", "/\xff"),
        head("GET", "/?\xff"),
        head("GET", "/", "X-Nul: a\0b"),
    ],
    ids=range(11),
)
def test_nonsense_is_answered_with_a_sentence(server: Server, sent: bytes) -> None:
    answer = talk(server, sent)
    assert (answer.status, answer.error) == (400, refusals.MALFORMED.sentence)


def test_a_program_gets_its_refusal_as_json(server: Server) -> None:
    answer = talk(server, head("GET", "/api/v1/drives", f"X-Long: {LONG}"))
    assert json.loads(answer.body)["code"] == "headers_too_large"


def test_a_header_cannot_say_where_the_application_is_mounted(server: Server) -> None:
    hidden = head("GET", "/x/login", "Daphne-Root-Path: /x", "Connection: close")
    plain = head("GET", "/healthz", "Daphne-Root-Path: /healthz", "Connection: close")
    assert (talk(server, hidden).status, talk(server, plain).status) == (404, 200)


@pytest.mark.parametrize("value", ["\xff", "/x\xe9", "%ff", "/" + "\xc3\xa9" * 500, "\xa0"])
@pytest.mark.parametrize("upgrade", [(), ("Upgrade: websocket",)], ids=["page", "websocket"])
def test_a_prefix_that_is_no_text_breaks_nothing(server: Server, value: str, upgrade: tuple[str, ...]) -> None:
    before = server.log.stat().st_size
    answer = talk(server, head("GET", "/healthz", f"Daphne-Root-Path: {value}", "Connection: close", *upgrade))
    assert answer.status == (400 if upgrade else 200)
    assert "Traceback" not in logged(server, before)


@pytest.mark.parametrize("name", ["X-Any", "Cookie", "Authorization", "X-Forwarded-For", "Accept", "Referer"])
def test_a_header_of_any_bytes_is_no_fault_of_ours(server: Server, name: str) -> None:
    before = server.log.stat().st_size
    answer = talk(server, head("GET", "/login", f"{name}: \xff\xfe\xe9", "Connection: close"))
    assert answer.status in (200, 400)
    assert "Traceback" not in logged(server, before)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (head("POST", "/login", "Content-Length: " + "9" * 5000), 413),
        (head("POST", "/api/auth/login", "Content-Length: " + "1" + "0" * 4300), 413),
        (head("POST", "/login", "Content-Length: " + "9" * 30), 413),
        (head("GET", "/healthz", "Content-Length: " + "0" * 5000), 400),
        (head("POST", "/login", "Content-Length: " + "0" * 5000 + "5"), 400),
        (head("POST", "/login", "Content-Length: +5"), 400),
        (head("POST", "/login", "Transfer-Encoding: chunked") + b"f" * 5000 + b"\r\n", 400),
        (head("POST", "/login", "Transfer-Encoding: chunked") + b"f" * 1000 + b"\r\n" + b"a" * 70_000, 413),
    ],
    ids=range(8),
)
def test_a_size_of_very_many_digits_is_answered_without_a_traceback(server: Server, sent: bytes, status: int) -> None:
    before = server.log.stat().st_size
    answer = talk(server, sent)
    assert (answer.status, bool(answer.error)) == (status, True)
    assert "Traceback" not in logged(server, before)


@pytest.mark.parametrize("host", ["a b", "a,b", "x\xff", "[::1", "a/b", "a" * 5000 + "/", "bench:port"])
def test_a_wrong_host_is_one_short_line_in_the_log(server: Server, host: str) -> None:
    before = server.log.stat().st_size
    sent = f"GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1")
    assert talk(server, sent).status == 400
    is_short(logged(server, before))


def test_a_host_that_is_said_twice_is_one_short_line_in_the_log(server: Server) -> None:
    before = server.log.stat().st_size
    assert talk(server, head("GET", "/login", "Host: other", "Connection: close")).status == 400
    is_short(logged(server, before))


def is_short(text: str) -> None:
    lines = [json.loads(line) for line in text.splitlines()]
    about = [line for line in lines if line["logger"].startswith("django.security")]
    assert [line["level"] for line in about] == ["WARNING"]
    assert "traceback" not in text
    assert all(len(line["message"]) <= REFUSAL_LETTERS for line in about)


def logged(server: Server, since: int) -> str:
    return server.log.read_bytes()[since:].decode()
