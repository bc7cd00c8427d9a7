"""The answer while the database or the disk is away: 503, one sentence, when to try again. Asks neither of them."""

from django.http import HttpResponse, JsonResponse
from django.template.loader import get_template

from burnin_site.core.errors import body
from burnin_site.core.outages import HEADERS, STATUS, Outage

FOR_PROGRAMS = ("/api/", "/healthz", "/readyz")


def answer(path: str, outage: Outage) -> HttpResponse:
    """Return the answer for a request to this path: JSON to programs, to people a page without session or user."""
    if path.startswith(FOR_PROGRAMS):
        return JsonResponse(body(outage.sentence, outage.code), status=STATUS, headers=HEADERS)
    page = get_template("503.html").render({"sentence": outage.sentence})
    return HttpResponse(page, status=STATUS, headers=HEADERS)
