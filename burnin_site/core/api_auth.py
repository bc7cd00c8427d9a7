"""How a request to the API says who sends it: a token, or the session of the pages."""

from typing import Any

from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from burnin_site.core.origins import refuse_foreign


class TokenAuthentication(KnoxAuthentication):
    """An API token in the header `Authorization: Token …`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the token's owner, or None where no token was sent."""
        if not get_authorization_header(request).isascii():
            raise AuthenticationFailed("Invalid token.")
        found: tuple[Any, Any] | None = super().authenticate(request)  # type: ignore[no-untyped-call]
        return found


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
