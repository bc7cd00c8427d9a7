"""Overrides of what a drive carries."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from burnin_site.core.api.lookups import find
from burnin_site.core.api.people import actor_of
from burnin_site.core.api_pages import Pages
from burnin_site.core.roles import Role
from jobs import overrides
from jobs.api import queries
from jobs.api.serializers import OverrideIn, OverrideOut
from jobs.models import Override


class OverridesView(APIView):
    """The overrides of one drive."""

    roles: ClassVar[dict[str, Role]] = {"POST": Role.ADMIN}

    def get(self, request: Request, pk: int) -> Response:
        """List them, the newest first."""
        drive = find(queries.drives(), pk)
        pages = Pages()
        page = pages.paginate_queryset(Override.objects.filter(drive=drive).order_by("-pk"), request, view=self)
        return pages.get_paginated_response(OverrideOut(page, many=True).data)

    def post(self, request: Request, pk: int) -> Response:
        """Let one burn-in erase what is named."""
        drive = find(queries.drives(), pk)
        sent = OverrideIn(data=request.data)
        sent.is_valid(raise_exception=True)
        made = overrides.grant(drive=drive, actor=actor_of(request), **sent.validated_data)
        return Response(OverrideOut(made).data, status=201)
