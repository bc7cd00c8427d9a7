"""What the server says when it does not let a request in: one sentence, as JSON to programs and as a page to people.

The page needs neither templates nor files nor the database: it is also given where none of them is at hand.
"""

import json
from dataclasses import dataclass
from html import escape
from typing import Final

from burnin_site.core.errors import body

HTML, JSON = b"text/html; charset=utf-8", b"application/json"
SIGNS_OF_LIFE: Final = ("/healthz", "/readyz")
TITLES: Final = {
    400: "Nothing was done",
    403: "Not allowed",
    404: "There is nothing at this address",
    405: "Not this way",
    408: "Too slow",
    413: "Too large",
    415: "Not this kind of content",
    429: "Too many at once",
    431: "Too long",
    500: "Our mistake",
    503: "Not now",
}
WRONG_NAME, WRONG_ADDRESS = "wrong_host", "address_not_allowed"
OF_EVERY_PAGE: Final = {WRONG_NAME: "Not under this name", WRONG_ADDRESS: "Not from here"}
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title} · Burn-In Bench</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{sentence}</p>
{way_out}</main>
</body>
</html>
"""
WAY_OUT: Final = '<p><a href="/">Back to the drives</a></p>\n'


def for_programs(path: str) -> bool:
    """Whether programs ask for this path: they get JSON, and everybody else a page."""
    return path.startswith("/api/") or path in SIGNS_OF_LIFE


@dataclass(frozen=True)
class Refusal:
    """A status, a slug for programs, a sentence for people, and after how many seconds to try again (0: never)."""

    status: int
    code: str
    sentence: str
    retry_after_s: int = 0

    @property
    def title(self) -> str:
        """What stands above the sentence on a page."""
        return OF_EVERY_PAGE.get(self.code) or TITLES.get(self.status, "This was refused")

    @property
    def is_of_every_page(self) -> bool:
        """Whether every other page would be refused too, so that a link to one helps nobody."""
        return self.code in OF_EVERY_PAGE

    def render(self, path: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Return headers and body for a request of this path."""
        to_program = for_programs(path)
        encoded = (json.dumps(body(self.sentence, self.code)) if to_program else self._page()).encode()
        headers = [
            (b"content-type", JSON if to_program else HTML),
            (b"content-length", str(len(encoded)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if self.retry_after_s:
            headers.append((b"retry-after", str(self.retry_after_s).encode()))
        return headers, encoded

    def _page(self) -> str:
        way_out = "" if self.is_of_every_page else WAY_OUT
        return PAGE.format(title=escape(self.title), sentence=escape(self.sentence), way_out=way_out)


class Refused(Exception):
    """A request is not let in."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
