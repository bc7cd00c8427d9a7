"""How a request to the API says who sends it: a token, or the session of the pages."""

import contextlib
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


class TokenAuthentication(KnoxAuthentication):
    """An API token in the header `Authorization: Token …`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the token's owner, or None where no token was sent."""
        if not get_authorization_header(request).isascii():
            raise AuthenticationFailed("Invalid token.")
        found: tuple[Any, Any] | None = super().authenticate(request)  # type: ignore[no-untyped-call]
        if found is not None:
            with contextlib.suppress(OperationalError):  # a locked database must not keep anybody from reading
                tokens.note_use(found[1], timezone.now())
        return found

    def validate_user(self, auth_token: Any) -> tuple[Any, Any]:
        """Return owner and token. One whose owner was switched off, or has no role or password any more, ends here."""
        user: User = auth_token.user
        if not (user.is_active and user.has_usable_password() and role_of(user)):
            tokens.end_tokens(user)
            raise AuthenticationFailed("Invalid token.")
        return user, auth_token


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
