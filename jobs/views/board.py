"""The board and its pieces."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from burnin_site.core.live.services import current_version
from burnin_site.core.roles import Role, require_role
from drives.models import Host
from jobs.board.page import build_group, build_one_row, build_page


@never_cache
@require_safe
@require_role(Role.VIEWER)
def board(request: HttpRequest) -> HttpResponse:
    """All drives by host."""
    version = current_version()  # read before the rows: what changes meanwhile is sent once more
    page = build_page(timezone.now())
    return render(request, "jobs/board.html", {"page": page, "version": version})


@never_cache
@require_safe
@require_role(Role.VIEWER)
def drive_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row, for a board that is open while a drive appears."""
    row = build_one_row(pk, timezone.now())
    if row is None:
        raise Http404("This drive is not on the board.")
    return render(request, "jobs/_drive_row.html", {"row": row})


@never_cache
@require_safe
@require_role(Role.VIEWER)
def host_group(request: HttpRequest, pk: int) -> HttpResponse:
    """One host's group, for a board that is open while a host appears."""
    try:
        group = build_group(pk, timezone.now())
    except Host.DoesNotExist as error:
        raise Http404(str(error)) from error
    return render(request, "jobs/_group.html", {"group": group})
