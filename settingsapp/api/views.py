"""A person's own API tokens: made, listed, ended. Those of others an admin ends in the Django admin."""

from typing import Any, ClassVar

from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from burnin_site.core.api.lookups import find
from burnin_site.core.api.people import actor_of
from burnin_site.core.api_input import Input
from burnin_site.core.api_pages import Pages
from burnin_site.core.roles import Role
from burnin_site.core.tokens import services
from burnin_site.core.tokens.models import TokenLabel
from settingsapp import people

SIGN_IN = "A token cannot make another one. Sign in with your password."
OWN = {"POST": Role.VIEWER, "DELETE": Role.VIEWER}


class TokenIn(Input):
    """What a token is to be called, and how many days it is to work."""

    name = serializers.CharField(max_length=services.LONGEST_NAME)
    days = serializers.IntegerField(default=None, allow_null=True)  # how many may be: tokens.make_token


class TokenOut(serializers.ModelSerializer[TokenLabel]):
    """A token, without the token."""

    first_letters = serializers.CharField(source="token.token_key")
    created_at = serializers.DateTimeField(source="token.created")
    expires_at = serializers.DateTimeField(source="token.expiry")

    class Meta:
        model = TokenLabel
        fields = ("id", "name", "first_letters", "created_at", "expires_at", "last_used_at")


class TokensView(APIView):
    """The tokens of who asks."""

    roles: ClassVar[dict[str, Role]] = OWN

    def get(self, request: Request) -> Response:
        """List them, the newest first."""
        pages = Pages()
        page = pages.paginate_queryset(services.tokens_of(actor_of(request)), request, view=self)
        return pages.get_paginated_response(TokenOut(page, many=True).data)

    def post(self, request: Request) -> Response:
        """Make one. It is shown this once. A token makes none: one that was stolen must not outlive itself."""
        if isinstance(request.auth, AuthToken):
            raise PermissionDenied(SIGN_IN, code="token_by_token")
        sent = TokenIn(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(sent.validated_data)
        made = people.make_token(user=actor_of(request), **wanted)
        return Response({**TokenOut(made.label).data, "token": made.secret}, status=201)


class TokenView(APIView):
    """One token of who asks."""

    roles: ClassVar[dict[str, Role]] = OWN

    def delete(self, request: Request, pk: int) -> Response:
        """End it."""
        person = actor_of(request)
        people.end_token(label=find(services.tokens_of(person), pk), actor=person)
        return Response(status=204)
