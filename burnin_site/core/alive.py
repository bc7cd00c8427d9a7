"""The sign of life, answered at the door: no thread, no queue, no database, however busy the rest is."""

from collections.abc import MutableMapping
from typing import Any

from burnin_site.core.networks import ALWAYS_OPEN

ANSWER = b'{"ok": true}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]


class SignOfLife:
    """ASGI wrapper that answers /healthz itself; what only Django can refuse (a POST) goes on to Django."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Say that the process answers, or hand the request on."""
        if scope["path"] not in ALWAYS_OPEN or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": ANSWER})
