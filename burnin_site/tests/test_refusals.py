"""A refusal is JSON to programs, and to people a page that says what to do and leads only where they are let in."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from burnin_site.core import outage_answers, races, refusal_pages, unreadable
from burnin_site.core.lanes import BUSY, TOO_MANY_SIGN_INS
from burnin_site.core.networks import ELSEWHERE
from burnin_site.core.outages import LOCKED
from burnin_site.core.refusals import Refusal, for_programs
from burnin_site.front import limits, refusals

PROGRAMS = ["/api/", "/api/v1/drives", "/healthz", "/readyz"]
PEOPLE = ["/", "/login", "/apiary", "/healthz/x", "/jobs/1/", "/static/x.css", "", "/admin/"]
ALL = [each for module in (refusals, unreadable) for each in vars(module).values() if isinstance(each, Refusal)] + [
    BUSY,
    TOO_MANY_SIGN_INS,
    ELSEWHERE,
    refusals.large_body(0),
    refusals.large_body(limits.BODY),
]


@pytest.mark.parametrize("path", PROGRAMS + PEOPLE)
def test_everybody_agrees_who_asks(path: str) -> None:
    request, refusal = RequestFactory().put("/"), Refusal(403, "x", "A sentence.")
    request.path = path
    gone = races.GoneMeanwhile(lambda _: None).process_exception  # type: ignore[arg-type, return-value]
    kinds = {
        dict(refusal.render(path)[0])[b"content-type"].decode(),
        refusal_pages.answer(path, refusal)["Content-Type"],
        refusal_pages.csrf_failure(request)["Content-Type"],
        outage_answers.answer(path, LOCKED, method="GET")["Content-Type"],
    }
    if path in PROGRAMS:  # the page of a conflict asks who it is for
        kinds.add(gone(request, IntegrityError("x"))["Content-Type"])  # type: ignore[index]
    assert kinds == ({"application/json"} if for_programs(path) else {"text/html; charset=utf-8"})
    assert for_programs(path) == (path in PROGRAMS)


@pytest.mark.parametrize("refusal", ALL, ids=lambda refusal: f"{refusal.status} {refusal.code}")
def test_a_page_of_the_door_is_whole_and_says_two_things(refusal: Refusal) -> None:
    headers, content = refusal.render("/login")
    page = content.decode()
    assert dict(headers)[b"content-length"] == str(len(content)).encode()
    assert page.startswith("<!doctype html>")
    title, heading = (unescape(re.search(f"<{tag}>(.*?)</{tag}>", page)[1]) for tag in ("title", "h1"))  # type: ignore[index]
    assert title == f"{heading} · Burn-In Bench"
    assert heading != "This was refused"
    assert unescape(re.search("<p>(.*?)</p>", page)[1]) == refusal.sentence  # type: ignore[index]
    assert heading.lower() not in refusal.sentence.lower()
    assert not re.search("<(script|style|link)|style=", page)


@pytest.mark.parametrize("refusal", ALL, ids=lambda refusal: f"{refusal.status} {refusal.code}")
def test_a_page_leads_nowhere_where_one_is_refused_again(refusal: Refusal) -> None:
    for page in (refusal.render("/")[1].decode(), refusal_pages.answer("/", refusal).text):
        assert ('href="/"' in page) == (refusal.code not in ("wrong_host", "address_not_allowed"))


def test_a_sentence_cannot_bring_markup() -> None:
    evil = Refusal(400, "x", "<script>alert('1')</script> & \"2\" {sentence}")
    for page in (evil.render("/")[1].decode(), refusal_pages.answer("/", evil).text):
        assert "<script>alert" not in page
        assert evil.sentence in unescape(page)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_sign_of_life_says_to_programs_how_it_is_asked(client: Client, method: str, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer: Any = getattr(strict, method)(path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("method", "path", "leads_to"),
    [
        ("GET", "/jobs/7/", "/jobs/7/"),
        ("GET", "/admin/drives/host/", "/admin/drives/host/"),
        ("POST", "/start", "/"),
        ("PUT", "/jobs/7/", "/"),
        ("GET", "//evil.example/x", "/"),
        ("GET", "/\\evil.example", "/%5Cevil.example"),
        ("GET", '/"><script>', "/%22%3E%3Cscript%3E"),
        ("GET", "http://evil.example/", "/"),
        ("GET", "/a?b#c", "/a%3Fb%23c"),
        ("GET", "/\udcff", "/%3F"),
        ("GET", "", "/"),
    ],
)
def test_try_again_leads_to_the_same_page_and_never_away(method: str, path: str, leads_to: str) -> None:
    page = outage_answers.answer(path, LOCKED, method=method).text
    assert re.findall('<a [^>]*href="([^"]*)"', page) == [leads_to]


@pytest.mark.parametrize("page", ["400", "500", "503"])
def test_a_page_without_session_looks_as_the_sign_in_does(client: Client, page: str, db: None, alice: Any) -> None:
    request = RequestFactory().get("/")
    pages: dict[str, Callable[[], Any]] = {
        "400": lambda: refusal_pages.bad_request(request),
        "500": lambda: refusal_pages.server_error(request),
        "503": lambda: outage_answers.answer("/", LOCKED, method="GET"),
    }
    text, sign_in_page = pages[page]().text, client.get("/login").text
    wanted = [line.strip() for line in sign_in_page.splitlines() if re.search("<(meta|link|script)", line)]
    assert len(wanted) >= 8
    assert [line for line in wanted if line not in text] == []
    assert 'class="mark"' in text


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1", "localhost", "[::1]", "a b"])
def test_a_name_that_is_refused_is_told_what_is_true(client: Client, settings: Settings, host: str) -> None:
    """Without the star the machine's own addresses are refused too."""
    settings.ALLOWED_HOSTS = ["bench.example"]
    answer = client.get("/login", headers={"Host": host})
    assert answer.status_code == 400
    assert "its own address" not in answer.text.lower()
    assert "ALLOWED_HOSTS lists" in answer.text
    assert "Not under this name" in answer.text
    assert json.loads(client.get("/api/v1/x", headers={"Host": host}).content)["code"] == "wrong_host"
