"""Signing in and out by API, and tokens."""

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from burnin_site.core.api_input import JsonObject
from burnin_site.core.errors import BurninError
from burnin_site.core.origins import refuse_foreign
from burnin_site.core.roles import NO_ROLE, role_of
from burnin_site.core.tokens import services as tokens
from burnin_site.core.tokens.models import UNNAMED


class WrongPassword(BurninError):
    """Name and password do not belong together."""

    code = "wrong_password"
    status = 401


class LockedOut(BurninError):
    """Too many wrong passwords for this name from this address."""

    code = "locked_out"
    status = 429


class CredentialsIn(JsonObject):
    """A name and a password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class NewTokenIn(CredentialsIn):
    """The same, what the token is to be called, and how many days it is to work."""

    name = serializers.CharField(max_length=tokens.LONGEST_NAME, default=UNNAMED)
    days = serializers.IntegerField(default=None, allow_null=True)  # how many may be: tokens.make_token


class SignedIn(BasePermission):
    """Anybody with an account."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether somebody is signed in."""
        return request.user is not None


class PublicView(APIView):
    """A view for people who are not signed in yet; other web sites are refused all the same."""

    authentication_classes = ()
    permission_classes: tuple[type[BasePermission], ...] = ()

    def person(self, request: Request) -> User:
        """Return the person whom the sent name and password belong to.

        Raises WrongPassword, LockedOut, or PermissionDenied for a foreign origin.
        """
        refuse_foreign(request)
        credentials = CredentialsIn(data=request.data)
        credentials.is_valid(raise_exception=True)
        user = authenticate(request, **credentials.validated_data)
        if getattr(request, "axes_locked_out", False):
            raise LockedOut("Too many wrong passwords. Wait a quarter of an hour, or ask an admin.")
        if not isinstance(user, User):
            raise WrongPassword("This name and this password do not belong together.")
        return user


class LoginView(PublicView):
    """POST: begin a session."""

    def post(self, request: Request) -> Response:
        """Set the session cookie."""
        user = self.person(request)
        login(request, user)
        role = role_of(user)
        return Response({"username": user.username, "role": role.label if role else None})


class TokenView(PublicView):
    """POST: make a token for a program."""

    def post(self, request: Request) -> Response:
        """Return a new token. It is shown this once and stored as a hash."""
        wanted = NewTokenIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        user = self.person(request)
        # Axes forgets the wrong attempts, the audit writes it down: as at any other sign-in.
        user_logged_in.send(sender=User, request=request, user=user)
        if role_of(user) is None:
            raise PermissionDenied(NO_ROLE, code="no_role")
        asked = wanted.validated_data
        label, secret = tokens.make_token(user=user, name=asked["name"], days=asked["days"])
        expires_at = label.token.expiry
        return Response({"token": secret, "id": label.pk, "name": label.name, "expires_at": expires_at})


class LogoutView(APIView):
    """POST: end the session, or throw away the token that was sent."""

    permission_classes = (SignedIn,)  # also for people whose role was taken away

    def post(self, request: Request) -> Response:
        """End it."""
        if isinstance(request.auth, AuthToken):
            request.auth.delete()
        else:
            logout(request)
        return Response({"ok": True})
