"""How a request to the API says who sends it: a token, or the session of the pages."""

import logging
import time
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from burnin_site.core.origins import refuse_foreign
from burnin_site.core.roles import role_of
from burnin_site.core.tokens import services as tokens

logger = logging.getLogger(__name__)
PAUSE_S = 60.0  # after a write that the database did not take: each try may wait as long as its own time-out


@dataclass
class _Pause:
    """Until when, on this process' clock, no use is written down."""

    until: float = 0.0


_pause = _Pause()


class TokenAuthentication(KnoxAuthentication):
    """An API token in the header `Authorization: Token …`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the token's owner, or None where no token was sent."""
        if not get_authorization_header(request).isascii():
            raise AuthenticationFailed("Invalid token.")
        found: tuple[Any, Any] | None = super().authenticate(request)  # type: ignore[no-untyped-call]
        if found is not None:
            _note_use(found[1])
        return found

    def validate_user(self, auth_token: Any) -> tuple[Any, Any]:
        """Return owner and token. One whose owner was switched off, or has no role or password any more, ends here."""
        user: User = auth_token.user
        if not (user.is_active and user.has_usable_password() and role_of(user)):
            tokens.end_tokens(user)
            raise AuthenticationFailed("Invalid token.")
        return user, auth_token


def _note_use(token: Any) -> None:
    """Write down the last use. A database that is locked must not hold up who only reads: it is left alone a while."""
    if _pause.until > time.monotonic():
        return
    try:
        tokens.note_use(token, timezone.now())
    except OperationalError as error:
        _pause.until = time.monotonic() + PAUSE_S
        logger.warning("The last use of a token could not be written down: %s", error)


class OriginCheckedSessionAuthentication(BaseAuthentication):
    """The cookie of a signed-in person.

    Django REST's own asks for a CSRF token, which a script with a cookie jar does not have; the origin proves the same.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the signed-in person, or None. Raises PermissionDenied for a foreign origin."""
        user = getattr(request._request, "user", None)  # noqa: SLF001  request.user would ask us again
        if user is None or not user.is_authenticated or not user.is_active:
            return None
        refuse_foreign(request)
        return user, None
