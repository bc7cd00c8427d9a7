"""What a request was about was removed or changed while it was under way: a sentence, never a 500.

The services say it in their own words where they can. This is for what is left: a row that goes between two queries,
a person who is removed while their last request runs, a constraint of the database that another request met first.
"""

import logging
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.decorators import sync_only_middleware

from burnin_site.core.api_errors import meanwhile
from burnin_site.core.errors import body
from burnin_site.core.refusals import for_programs

logger = logging.getLogger(__name__)
CONFLICT: Final = 409


@sync_only_middleware
class GoneMeanwhile:
    """Answers 409 to pages whose row was removed or changed by somebody else in between."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the answer, or None for any other trouble."""
        found = meanwhile(exception)
        if found is None:
            return None
        logger.warning("A request met a change by somebody else.", exc_info=exception)
        sentence, code = found
        if for_programs(request.path):
            return JsonResponse(body(sentence, code), status=CONFLICT)
        return render(request, "409.html", {"sentence": sentence}, status=CONFLICT)
