"""The answer while the database or the disk is away: 503, one sentence, when to try again. Asks neither of them."""

from urllib.parse import quote

from django.http import HttpResponse, JsonResponse
from django.template.loader import get_template

from burnin_site.core.errors import body
from burnin_site.core.outages import HEADERS, STATUS, Outage
from burnin_site.core.refusals import TITLES, for_programs


def answer(path: str, outage: Outage, *, method: str) -> HttpResponse:
    """Return the answer for a request to this path: JSON to programs, to people a page without session or user."""
    if for_programs(path):
        return JsonResponse(body(outage.sentence, outage.code), status=STATUS, headers=HEADERS)
    words = {"title": TITLES[STATUS], "sentence": outage.sentence, "again": _again(path, method)}
    return HttpResponse(get_template("503.html").render(words), status=STATUS, headers=HEADERS)


def _again(path: str, method: str) -> str:
    """Return where "Try again" leads: to the same page, which can only be done for a GET, and never to another site."""
    here = method == "GET" and path.startswith("/") and not path.startswith("//")
    return quote(path, errors="replace") if here else "/"
