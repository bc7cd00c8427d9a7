"""Whom this process has just seen signed in: they go before strangers where the server is full.

It gives precedence and no rights. Each request proves by itself who sends it; what is kept are hashes, for minutes.
"""

import hashlib
from collections.abc import Callable, Iterable
from time import monotonic

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.utils.functional import SimpleLazyObject

REMEMBERED_S = 600.0
MOST = 10_000
Headers = Iterable[tuple[bytes, bytes]]


def _digest(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode("utf-8", "surrogateescape")).hexdigest()


def claims_of(headers: Headers) -> list[str]:
    """Return what the headers (names in lower case) say about the sender: a session, a token, both or nothing."""
    found: list[str] = []
    for name, value in headers:
        text = value.decode("latin-1")
        if name == b"authorization":
            found.append(_digest("token", text))
        elif name == b"cookie" and (session := parse_cookie(text).get(settings.SESSION_COOKIE_NAME)):
            found.append(_digest("session", session))
    return found


class KnownCallers:
    """Sessions and tokens that were good a moment ago."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def remember(self, claim: str) -> None:
        """Note that this claim was just found to be true."""
        self._until.pop(claim, None)
        self._until[claim] = self._clock() + REMEMBERED_S
        if len(self._until) > MOST:
            del self._until[next(iter(self._until))]

    def knows(self, claims: Iterable[str]) -> bool:
        """Say whether one of these was true within the last minutes."""
        now = self._clock()
        return any(self._until.get(claim, 0.0) > now for claim in claims)


known_callers = KnownCallers()


class RememberCallers:
    """Django middleware, inside of the one that finds the user: notes who turned out to be signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and remember the sender."""
        response = self.get_response(request)
        if _is_signed_in(request):
            if session := request.session.session_key:
                known_callers.remember(_digest("session", session))
            if token := request.META.get("HTTP_AUTHORIZATION"):
                known_callers.remember(_digest("token", str(token)))
        return response


def _is_signed_in(request: HttpRequest) -> bool:
    """Say whether the view found out that somebody is signed in. Asks nothing that it did not ask itself."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    return isinstance(user, User) and user.is_active
