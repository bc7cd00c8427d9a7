"""Django behind ASGI, with an answer also to what Django cannot even make a request of."""

import logging
from collections.abc import Mapping
from typing import IO, Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponse

from burnin_site.core.refusal_pages import answer
from burnin_site.core.unreadable import UNREADABLE, refusal_for

logger = logging.getLogger(__name__)


class ReadableHandler(ASGIHandler):
    """Reading the query may fail before the first middleware: where a body names its charset, it is read so early."""

    def create_request(
        self, scope: Mapping[str, Any], body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponse]:
        """Return the request, or None and the refusal."""
        problem: Exception | None = None
        try:
            request, _ = super().create_request(scope, body_file)
        except (*UNREADABLE, ValueError) as error:
            request, problem = None, error
        if request is not None:
            return request, None
        logger.warning("A request to %r could not be read: %s", scope["path"], problem or "its query is no text")
        return None, answer(scope["path"], refusal_for(problem))
