"""The edge inside Django: what no view could make sense of is refused before any looks, and no refusal is empty."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from burnin_site.core.refusal_pages import answer
from burnin_site.core.refusals import Refusal
from burnin_site.core.unreadable import MALFORMED, TOO_LARGE, UNREADABLE, refusal_for

NUL = "\x00"
# Everything that browsers and programs send. Codecs such as zlib, which Python also knows, would unpack a body.
CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")
WRONG_CHARSET = Refusal(415, "unsupported_charset", "The body says that it is not UTF-8. Send it as UTF-8.")
REFUSED = 400
SENTENCES = {
    400: MALFORMED.sentence,
    401: "Sign in first.",
    403: "You may not do this.",
    404: "There is nothing at this address.",
    405: "This address does not know that method.",
    413: TOO_LARGE.sentence,
    415: "This address does not take that kind of content.",
}


class ReadableRequests:
    """Answers what cannot be read, and gives a sentence to every refusal that was made without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve or refuse one request."""
        refusal = unreadable(request)
        if refusal is not None:
            return answer(request.path, refusal)
        response = self.get_response(request)
        if response.status_code < REFUSED or not isinstance(response, HttpResponse) or response.content:
            return response
        return _with_a_sentence(request, response)


def unreadable(request: HttpRequest) -> Refusal | None:
    """Return why no view can read this request, or None."""
    if (request.content_params or {}).get("charset", "utf-8").strip("\"' ").lower() not in CHARSETS:
        return WRONG_CHARSET
    if not request.META.get("CONTENT_LENGTH", "").isdigit() and request.META.get("CONTENT_LENGTH"):
        return MALFORMED
    try:
        fields = request.GET
    except UNREADABLE as error:
        return refusal_for(error)
    # PostgreSQL has no NUL in texts, and nobody types one.
    texts = (request.path, *fields, *(value for _, values in fields.lists() for value in values))
    return MALFORMED if any(NUL in text for text in texts) else None


def _with_a_sentence(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    status = response.status_code
    sentence = SENTENCES.get(status, "This request was refused.")
    if response.has_header("Allow"):
        sentence = f"This address does not know the method {request.method}. It knows {response['Allow']}."
    code = "method_not_allowed" if response.has_header("Allow") else "refused"
    filled = answer(request.path, Refusal(status, code, sentence))
    for name, value in response.items():
        if name not in ("Content-Type", "Content-Length"):
            filled[name] = value
    filled.cookies = response.cookies
    return filled
