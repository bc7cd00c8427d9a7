"""Hosts: add, change, test, trust, refresh."""

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from burnin_site.core.api.lookups import find
from burnin_site.core.api.people import actor_of
from burnin_site.core.api_pages import Pages
from burnin_site.core.roles import Role
from drives import services
from drives.api.serializers import FingerprintIn, HostIn, HostOut, SshTestOut
from drives.models import Host

WRITES = {"POST": Role.ADMIN, "PATCH": Role.ADMIN, "DELETE": Role.ADMIN}


def hosts() -> QuerySet[Host]:
    """Return all hosts, by name."""
    return Host.objects.order_by("name")


class HostsView(APIView):
    """All hosts."""

    roles = WRITES

    def get(self, request: Request) -> Response:
        """List them, in pages."""
        pages = Pages()
        page = pages.paginate_queryset(hosts(), request, view=self)
        return pages.get_paginated_response(HostOut(page, many=True).data)

    def post(self, request: Request) -> Response:
        """Add one."""
        sent = HostIn(data=request.data)
        sent.is_valid(raise_exception=True)
        host = services.add_host(values=sent.validated_data, actor=actor_of(request))
        return Response(HostOut(host).data, status=201)


class HostView(APIView):
    """One host."""

    roles = WRITES

    def get(self, request: Request, pk: int) -> Response:
        """Show it."""
        return Response(HostOut(find(hosts(), pk)).data)

    def patch(self, request: Request, pk: int) -> Response:
        """Change what was sent."""
        host = find(hosts(), pk)
        sent = HostIn(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        host = services.change_host(host=host, values=sent.validated_data, actor=actor_of(request))
        return Response(HostOut(host).data)

    def delete(self, request: Request, pk: int) -> Response:
        """Remove it, while it has no history."""
        services.remove_host(host=find(hosts(), pk), actor=actor_of(request))
        return Response(status=204)


class SshTestView(APIView):
    """Whether the SSH login works."""

    def post(self, request: Request, pk: int) -> Response:
        """Try it now."""
        return Response(SshTestOut(services.test_ssh(host=find(hosts(), pk))).data)


class HostKeyView(APIView):
    """The host's key."""

    roles = WRITES

    def post(self, request: Request, pk: int) -> Response:
        """Trust the key with this fingerprint from now on."""
        host = find(hosts(), pk)
        sent = FingerprintIn(data=request.data)
        sent.is_valid(raise_exception=True)
        fingerprint = sent.validated_data["fingerprint"]
        services.trust_host_key(host=host, fingerprint=fingerprint, actor=actor_of(request))
        return Response({"trusted": True, "host_key_fingerprint": fingerprint})


class RefreshView(APIView):
    """A fresh look at the host's drives."""

    def post(self, request: Request, pk: int) -> Response:
        """Have the scheduler look as soon as it can."""
        services.request_refresh(host=find(hosts(), pk), actor=actor_of(request))
        return Response({"queued": True}, status=202)
