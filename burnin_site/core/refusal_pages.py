"""What is answered when a request is refused or broke something: JSON to programs, a page to people.

None of these looks at the fields that were sent (Django's own do, for the CSRF token): they may be what is wrong. The
pages for what cannot be read and for what broke ask neither session nor database.
"""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from burnin_site.core import outage_answers
from burnin_site.core.api_errors import SERVER_ERROR
from burnin_site.core.errors import body
from burnin_site.core.outages import outage_of
from burnin_site.core.refusals import Refusal, for_programs
from burnin_site.core.unreadable import refusal_for

FOREIGN_FORM = Refusal(
    403,
    "csrf",
    "This form is too old, or a page of another site sent it, so nothing was changed. "
    "Reload the page, allow its cookies, and try again.",
)


def answer(path: str, refusal: Refusal) -> HttpResponse:
    """Return a refusal in the form that whoever asks for this path understands."""
    if for_programs(path):
        return JsonResponse(body(refusal.sentence, refusal.code), status=refusal.status)
    page = render_to_string("refused.html", {"refusal": refusal, "title": refusal.title, "sentence": refusal.sentence})
    return HttpResponse(page, status=refusal.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """Answer a request that could not be read; a session that could not be stored is no mistake of the visitor's."""
    if exception is not None and (outage := outage_of(exception)):
        return outage_answers.answer(request.path, outage, method=request.method or "")
    return answer(request.path, refusal_for(exception))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form without the token of our own page. The reason is for the log, which has it."""
    return answer(request.path, FOREIGN_FORM)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer 404."""
    if for_programs(request.path):
        return JsonResponse(body("There is nothing at this address.", "not_found"), status=404)
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer 403."""
    if for_programs(request.path):
        return JsonResponse(body(str(exception) or "You may not do this.", "refused"), status=403)
    return render(request, "403.html", {"exception": str(exception)}, status=403)


def server_error(request: HttpRequest, *_: Any) -> HttpResponseBase:
    """Answer 503 with its sentence for an accident, else 500 without a word about what broke: that is in the log."""
    error = sys.exc_info()[1]  # Django calls this handler while it handles the error
    if error is not None and (outage := outage_of(error)):
        return outage_answers.answer(request.path, outage, method=request.method or "")
    if for_programs(request.path):
        return JsonResponse(body(SERVER_ERROR, "server_error"), status=500)
    return HttpResponse(render_to_string("500.html"), status=500)
