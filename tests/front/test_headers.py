"""Request lines and headers have an end, and whoever sends nonsense is told so in a sentence."""

import json

import pytest

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
