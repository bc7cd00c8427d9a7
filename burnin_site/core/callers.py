"""Whom this process has just seen signed in: they go before strangers where the server is full.

It gives precedence and no rights. Each request proves by itself who sends it; what is kept are hashes, for minutes.
Only what was proven is kept: a made-up token beside a good session is nobody's, and would else be a new name with a
share of its own, as often as one likes. What turns out not to be true any more is forgotten at once.
"""

import hashlib
from collections.abc import Callable, Iterable
from http import HTTPStatus
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
    pairs = list(headers)
    return [_digest("token", value.decode("latin-1")) for name, value in pairs if name == b"authorization"] + (
        session_claims_of(pairs)
    )


def session_claims_of(headers: Headers) -> list[str]:
    """Return the sessions alone: a page, and a websocket, look at nothing else."""
    cookies = [parse_cookie(value.decode("latin-1")) for name, value in headers if name == b"cookie"]
    named = [found.get(settings.SESSION_COOKIE_NAME) for found in cookies]
    return [_digest("session", session) for session in named if session]


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

    def forget(self, claim: str) -> None:
        """Note that this claim is not true."""
        self._until.pop(claim, None)

    def known_of(self, claims: Iterable[str]) -> str:
        """Return the one of these that was true within the last minutes, "" where none was."""
        now = self._clock()
        return next((claim for claim in claims if self._until.get(claim, 0.0) > now), "")

    def knows(self, claims: Iterable[str]) -> bool:
        """Say whether one of these was true within the last minutes."""
        return bool(self.known_of(claims))


known_callers = KnownCallers()


class RememberCallers:
    """Django middleware, inside of the one that finds the user: notes who turned out to be signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and remember the sender."""
        response = self.get_response(request)
        self._note_token(request, response)
        self._note_session(request)
        return response

    def _note_token(self, request: HttpRequest, response: HttpResponse) -> None:
        """A view that took the token says so in `request.auth`, as Django REST does; one that refused it says 401."""
        token = request.META.get("HTTP_AUTHORIZATION")
        if not token:
            return
        proof = request.__dict__.get("auth")
        if _is_signed_in(request) and getattr(proof, "pk", None) is not None:  # a deleted one has no key any more
            known_callers.remember(_digest("token", str(token)))
        elif proof is not None or response.status_code == HTTPStatus.UNAUTHORIZED:
            known_callers.forget(_digest("token", str(token)))

    def _note_session(self, request: HttpRequest) -> None:
        """A session that was ended, or never was, has lost its key; one of nobody has been looked at in vain."""
        sent, now = request.COOKIES.get(settings.SESSION_COOKIE_NAME), request.session.session_key
        by_session = _is_signed_in(request) and request.__dict__.get("auth") is None
        if sent and (sent != now or not _is_somebody(request.__dict__.get("_cached_user", User()))):
            known_callers.forget(_digest("session", sent))
        if now and by_session:
            known_callers.remember(_digest("session", now))


def _is_signed_in(request: HttpRequest) -> bool:
    """Say whether the view found out that somebody is signed in. Asks nothing that it did not ask itself."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    return _is_somebody(user)


def _is_somebody(user: object) -> bool:
    return isinstance(user, User) and user.is_active
