"""Refusing websockets that a page of another site opens with a signed-in person's cookie."""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings


class OwnPagesOnly:
    """Lets a websocket pass when its Origin is the address it was opened at, or one of CSRF_TRUSTED_ORIGINS.

    Channels' own validator compares with ALLOWED_HOSTS, and "*" there would open the door to every site.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve or close one websocket."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        if origin is None or is_own(origin, headers.get(b"host", "")):
            await self.app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})


def is_own(origin: str, host: str) -> bool:
    """Whether a page of this origin was served under this host name and port."""
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    return origin in settings.CSRF_TRUSTED_ORIGINS or (bool(host) and place.lower() == host.lower())
