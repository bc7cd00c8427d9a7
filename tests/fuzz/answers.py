"""Sending a request, and what every answer owes."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse

from tests.fuzz.requests import Asked
from tests.fuzz.world import World

SENTENCE = re.compile(r"[A-Z][^<>{}]{8,}[.!?]")
REFUSED = 400
BROKEN = 500


@dataclass(frozen=True)
class Answer:
    """What came back, and what was raised on the way if something broke."""

    status: int
    headers: dict[str, str]
    body: bytes
    raised: BaseException | None


def send(world: World, asked: Asked) -> Answer:
    """Send it through the server's own handler, and take back whatever it changed."""
    with transaction.atomic():
        if asked.nobody_yet:
            User.objects.all().delete()
        try:
            found = _exchange(world, _scope(world, asked), asked.body)
        except Exception as error:  # the page for what went wrong broke too
            found = Answer(BROKEN, {}, b"", error)
        transaction.set_rollback(True)
    return found


def _exchange(world: World, scope: dict[str, Any], body: bytes) -> Answer:
    """Do what the handler does, without its threads: they would leave the test's transaction."""
    request, refused = world.handler.create_request(scope, BytesIO(body))
    response = refused if request is None else world.handler.get_response(request)
    assert response is not None
    content = response.content if isinstance(response, HttpResponse) else b""
    headers = {name.lower(): value for name, value in response.items()}
    response.close()
    return Answer(response.status_code, headers, content, world.broke())


def _scope(world: World, asked: Asked) -> dict[str, Any]:
    """Return what daphne makes of it."""
    known = {
        "host": "testserver",
        "cookie": world.cookies[asked.who],
        **world.headers[asked.who],
        "origin": "http://testserver",
    }
    if asked.content_type:
        known["content-type"] = asked.content_type
    headers = {**known, "content-length": str(len(asked.body)), **dict(asked.headers)}
    return {
        "type": "http", "http_version": "1.1", "scheme": "http", "method": asked.method, "path": unquote(asked.path),
        "raw_path": asked.path.encode(), "query_string": asked.query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 80),
    }  # fmt: skip


def wrong_with(asked: Asked, answer: Answer) -> str:
    """Return what the answer lacks; empty when it is as it must be."""
    if answer.status >= BROKEN:
        return f"status {answer.status}: {_broke(answer)}"
    text = answer.body.decode("utf-8", "replace")
    if "Traceback" in text:
        return "a traceback is shown"
    if answer.status < REFUSED or asked.method == "HEAD":
        return ""
    if asked.path.startswith("/api/"):
        return _wrong_with_json(answer, text)
    return "" if SENTENCE.search(text) else f"status {answer.status} without a sentence: {text[:200]!r}"


def _broke(answer: Answer) -> str:
    """Return what was raised."""
    return f"{type(answer.raised).__name__}: {answer.raised}"[:300] if answer.raised else str(answer.body[:300])


def _wrong_with_json(answer: Answer, text: str) -> str:
    try:
        said = json.loads(text)
    except ValueError:
        return f"status {answer.status} of the API is no JSON: {text[:200]!r}"
    if not isinstance(said, dict) or not {"error", "code", "detail"} <= set(said):
        return f"status {answer.status} of the API has another shape: {text[:200]!r}"
    return "" if len(str(said["error"])) > 10 else f"status {answer.status} says nothing: {text[:200]!r}"


class Form(HTMLParser):
    """The fields of a page's forms, as a browser would send them back."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a field."""
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.fields.setdefault(self._select, []).append(found.get("value", ""))
        elif tag == "textarea" and name:
            self.fields[name] = [""]
        elif tag == "input" and name and name != "csrfmiddlewaretoken" and self._sent(found):
            self.fields.setdefault(name, []).append(found.get("value", ""))

    @staticmethod
    def _sent(found: dict[str, str]) -> bool:
        return found.get("type") not in ("checkbox", "radio", "submit", "file") or "checked" in found


class Tally:
    """How many answers of which kind each route gave."""

    def __init__(self) -> None:
        self.routes: dict[str, Counter[str]] = {}

    def note(self, route: str, answer: Answer) -> None:
        """Count one answer."""
        counts = self.routes.setdefault(route, Counter())
        to_login = "/login" in answer.headers.get("location", "")
        counts["to sign in" if to_login else f"{answer.status // 100}xx"] += 1
        counts[str(answer.status)] += 1

    def share(self, *kinds: str) -> float:
        """Return which part of all answers was of these kinds."""
        total = self._total()
        return sum(total[kind] for kind in kinds) / self._requests(total)

    def reached(self) -> int:
        """Return how many routes gave an answer that only their views give."""
        views = ("2xx", "3xx", "403", "409", "422")
        return sum(any(counts[kind] for kind in views) for counts in self.routes.values())

    def lines(self) -> list[str]:
        """Return the table, and its last line: all together."""
        kinds = ("2xx", "3xx", "to sign in", "4xx", "5xx")
        rows = [*sorted(self.routes.items()), (f"all: {self._requests(self._total())} requests", self._total())]
        table = [
            "  ".join(f"{counts[kind]:{max(5, len(kind))}}" for kind in kinds) + f"  {name}" for name, counts in rows
        ]
        head = "  ".join(f"{kind:>5}" for kind in kinds)
        return [head, *table[:-1], head, table[-1]]

    def _total(self) -> Counter[str]:
        return sum(self.routes.values(), Counter())

    @staticmethod
    def _requests(counts: Counter[str]) -> int:
        return sum(number for kind, number in counts.items() if not kind.isdigit())
