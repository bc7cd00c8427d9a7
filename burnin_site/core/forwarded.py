"""Takes away what a request says about the way it came, after what is believed of it was read.

`AllowedNetworks` reads X-Forwarded-For and -Proto, from trusted proxies only. Nothing further in may read any of them:
a proxy hands on what its client sent, so that also a trusted one proves nothing about the other headers. Above all
Daphne takes the header `Daphne-Root-Path` for the application's own prefix: links would lead elsewhere, and another
page would answer than the one whose address was judged. Whoever needs a prefix sets it at the start.
"""

from collections.abc import Iterable, MutableMapping
from typing import Any, Final

PREFIXES: Final = (b"x-forwarded-", b"x-original-", b"x-rewrite-", b"x-http-method", b"x-method-override")
NAMES: Final = frozenset(
    {
        b"daphne-root-path",
        b"forwarded",
        b"x-real-ip",
        b"x-client-ip",
        b"x-cluster-client-ip",
        b"true-client-ip",
        b"cf-connecting-ip",
        b"x-script-name",
        b"x-host",
        b"remote-user",
        b"x-remote-user",
        b"front-end-https",
    }
)


class NothingForwarded:
    """Hands a connection on without root path and without headers of the kind that only a proxy may set."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "root_path": "", "headers": list(plain(scope["headers"]))}
        await self.app(scope, receive, send)


def plain(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    """Yield the headers that say nothing about the way. With "_" for "-" a name would pass for another one."""
    for name, value in headers:
        lower = name.lower()
        if b"_" not in name and lower not in NAMES and not lower.startswith(PREFIXES):
            yield name, value
