"""Drives: they are listed here, above `drives`, because each comes with its running burn-in."""

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from burnin_site.core.api.lookups import find
from burnin_site.core.api.people import actor_of
from burnin_site.core.api_pages import Pages
from drives import services as drives
from drives.models import Host
from jobs.api import queries
from jobs.api.serializers import DriveIn, DriveOut, DriveQueryIn


class DrivesView(APIView):
    """All drives."""

    def get(self, request: Request) -> Response:
        """List them, in pages."""
        asked = DriveQueryIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        host = asked.validated_data.get("host")
        if host is not None and not Host.objects.filter(pk=host).exists():
            raise NotFound(f"There is no host {host}.")
        pages = Pages()
        page = pages.paginate_queryset(queries.drives(**asked.validated_data), request, view=self)
        return pages.get_paginated_response(DriveOut(page, many=True).data)


class DriveView(APIView):
    """One drive."""

    def get(self, request: Request, pk: int) -> Response:
        """Show it."""
        return Response(DriveOut(find(queries.drives(), pk)).data)

    def patch(self, request: Request, pk: int) -> Response:
        """Set its location or notes."""
        drive = find(queries.drives(), pk)
        sent = DriveIn(data=request.data)
        sent.is_valid(raise_exception=True)
        drives.change_drive(drive=drive, actor=actor_of(request), **sent.validated_data)
        return Response(DriveOut(find(queries.drives(), pk)).data)
