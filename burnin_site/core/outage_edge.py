"""The outermost edge of the server: what an accident throws past Django still gets an answer.

A body that finds no room on the disk is thrown before there is a request; a websocket's session is read before there is
a consumer.
"""

import logging
from collections.abc import MutableMapping
from typing import Any

from django.db import Error

from burnin_site.core.outage_answers import answer
from burnin_site.core.outages import Outage, outage_of

logger = logging.getLogger(__name__)
TRY_AGAIN = 4503  # the code with which live pages are told to come back


class OutageEdge:
    """Answers 503, or closes the websocket with the wish to come back, while the database or the disk is away."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection. Whatever is no accident goes on up."""
        begun = False

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except (Error, OSError) as error:
            outage = outage_of(error)
            if outage is None or scope["type"] not in ("http", "websocket"):
                raise
            logger.warning("%s %s: %s (%s)", scope["type"], scope.get("path"), outage.sentence, error)
            if scope["type"] == "websocket":
                await _close(send, accepted=begun)
            elif not begun:
                await _tell(scope, send, outage)


async def _close(send: Any, *, accepted: bool) -> None:
    if not accepted:  # only a connection that was accepted can be told a code
        await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": TRY_AGAIN})


async def _tell(scope: MutableMapping[str, Any], send: Any, outage: Outage) -> None:
    made = answer(str(scope.get("path", "")), outage, method=str(scope.get("method", "")))
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in made.items()]
    await send({"type": "http.response.start", "status": made.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": made.content})
