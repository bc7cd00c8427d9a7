"""What the server says when it does not let a request in: one sentence, as JSON below /api/ and as text elsewhere."""

import json
from dataclasses import dataclass

from burnin_site.core.errors import body

TEXT, JSON = b"text/plain; charset=utf-8", b"application/json"


@dataclass(frozen=True)
class Refusal:
    """A status, a slug for programs, a sentence for people, and after how many seconds to try again (0: never)."""

    status: int
    code: str
    sentence: str
    retry_after_s: int = 0

    def render(self, path: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Return headers and body for a request of this path."""
        is_api = path.startswith("/api/")
        content = json.dumps(body(self.sentence, self.code)) if is_api else self.sentence + "\n"
        encoded = content.encode()
        headers = [
            (b"content-type", JSON if is_api else TEXT),
            (b"content-length", str(len(encoded)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if self.retry_after_s:
            headers.append((b"retry-after", str(self.retry_after_s).encode()))
        return headers, encoded


class Refused(Exception):
    """A request is not let in."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
