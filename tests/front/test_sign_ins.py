"""However many strangers sign in at once, two passwords are hashed at a time, and everybody else is served."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from burnin_site.core.lanes import SIGN_INS_BURST
from tests.browser.server import Server
from tests.front.wire import Answer, credentials, head, sign_in, talk

MANY = 60
DOORS = ["/login", "/setup", "/admin/login/", "/api/auth/login", "/api/auth/token"]


def knock(server: Server, path: str, source: str, name: str = "nobody") -> Answer:
    body = json.dumps({**credentials(name), "password": "guess"} if name == "nobody" else credentials(name))
    lines = ["Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close"]
    sent = head("POST", path, *lines, "Cookie: csrftoken=as-our-page-set-it")
    return talk(server, sent + body.encode(), source=source)


@pytest.mark.parametrize("number", range(len(DOORS)), ids=DOORS)
def test_of_very_many_at_once_at_any_door_most_are_told_to_come_back(server: Server, number: int) -> None:
    with ThreadPoolExecutor(MANY) as crowd:
        answers = list(crowd.map(lambda _: knock(server, DOORS[number], f"127.0.1.{number + 1}"), range(MANY)))
    refused = [answer for answer in answers if answer.status == 429]
    assert {answer.status for answer in answers} <= {401, 403, 404, 429}
    assert len(refused) > MANY / 2
    assert {answer.error for answer in refused} == {"Too many people sign in at once. Try again in a moment."}
    assert all("retry-after: 3" in answer.head.lower() for answer in refused)


def test_a_flood_from_one_address_keeps_nobody_else_out(server: Server) -> None:
    cookie = sign_in(server, "bob")
    over = Event()

    def flood(_number: int) -> None:
        while not over.wait(0.1):
            knock(server, "/api/auth/login", "127.0.2.1")

    with ThreadPoolExecutor(MANY) as crowd:
        crowd.map(flood, range(MANY))
        try:
            for number in range(5):
                assert talk(server, head("GET", "/healthz", "Connection: close")).status == 200
                assert talk(server, head("GET", "/", f"Cookie: {cookie}", "Connection: close")).status == 200
                assert knock(server, "/api/auth/login", f"127.0.3.{number + 1}", "vera").status == 200
        finally:
            over.set()


def test_a_page_that_is_refused_says_so_in_words(server: Server) -> None:
    with ThreadPoolExecutor(MANY) as crowd:
        answers = list(crowd.map(lambda _: knock(server, "/login", "127.0.5.1"), range(MANY)))
    refused = [answer for answer in answers if answer.status == 429]
    assert {answer.error for answer in refused} == {"Too many people sign in at once. Try again in a moment."}
    assert all("text/html; charset=utf-8" in answer.head and "<h1>" in answer.body for answer in refused)


JSON, FORM, OURS = "Content-Type: application/json", "Content-Type: text/plain", "Cookie: csrftoken=as-our-page-set-it"
FROM_ELSEWHERE = [
    (403, (JSON, OURS, "Origin: http://evil.example")),
    (403, (JSON, OURS, "Origin: null")),
    (403, (JSON, OURS, "Origin: https://bench")),
    (403, (JSON, OURS, "Sec-Fetch-Site: cross-site")),
    (403, (JSON, OURS, "Sec-Fetch-Site: same-site")),
    (403, (JSON, OURS, "Referer: http://evil.example/page")),
    (0, (FORM,)),  # 403 for the missing cookie, 415 for what is no JSON
]


@pytest.mark.parametrize("number", range(len(DOORS)), ids=DOORS)
@pytest.mark.parametrize("case", range(len(FROM_ELSEWHERE)))
def test_a_page_of_another_site_cannot_use_up_what_a_visitor_may_try(server: Server, number: int, case: int) -> None:
    source, (status, lines) = f"127.0.7.{number * 10 + case + 1}", FROM_ELSEWHERE[case]
    sent = head("POST", DOORS[number], *lines, "Content-Length: 2", "Connection: close") + b"{}"
    answers = [talk(server, sent, source=source) for _ in range(SIGN_INS_BURST + 5)]
    expected = status or (415 if DOORS[number].startswith("/api/") else 403)
    assert {answer.status for answer in answers} == {expected}
    assert all(answer.error for answer in answers)
    assert knock(server, "/api/auth/login", source, "vera").status == 200


@pytest.mark.parametrize("line", ["Origin: http://bench", "Sec-Fetch-Site: same-origin", "Referer: http://bench/login"])
def test_our_own_page_signs_in(server: Server, line: str) -> None:
    body = json.dumps(credentials("vera")).encode()
    sent = head("POST", "/api/auth/login", JSON + "; charset=utf-8", line, f"Content-Length: {len(body)}")
    assert talk(server, sent + body, source="127.0.7.99").status == 200
