"""Overriding what a drive carries, from the start dialog."""

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from burnin_site.core.roles import Role, require_role
from drives.models import Drive
from jobs import overrides
from jobs.board.figures import size_text
from jobs.forms import OverrideForm, sentences
from jobs.views.start import show_dialog


@never_cache
@require_http_methods(["GET", "POST"])
@require_role(Role.ADMIN)
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an override; a granted one leads back to the start dialog of the drive."""
    drive = get_object_or_404(Drive.objects.select_related("host"), pk=pk)
    if request.method != "POST":
        return _dialog(request, drive, codes=[reason["code"] for reason in overrides.soft_reasons(drive)])
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return _dialog(request, drive, error=sentences(form), codes=request.POST.getlist("codes"), status=422)
    try:
        overrides.grant(drive=drive, actor=cast(User, request.user), **form.cleaned_data)
    except overrides.OverrideRefused as error:
        return _dialog(request, drive, error=str(error), codes=form.cleaned_data["codes"], status=error.status)
    return show_dialog(request, [drive], status=200)


def _dialog(
    request: HttpRequest, drive: Drive, *, codes: list[str], error: str = "", status: int = 200
) -> HttpResponse:
    soft = [{**reason, "checked": reason["code"] in codes} for reason in _one_per_code(drive)]
    context = {
        "drive": drive,
        "size": size_text(drive.size_bytes),
        "soft": soft,
        "hard": overrides.hard_reasons(drive),
        "error": error,
        "typed": request.POST.get("serial", "")[:120],
        "reason_text": request.POST.get("reason", "")[:500],
    }
    return render(request, "jobs/_override.html", context, status=status)


def _one_per_code(drive: Drive) -> list[dict[str, str]]:
    """Return one line per kind of thing, however many partitions carry it."""
    found: dict[str, list[str]] = {}
    for reason in overrides.soft_reasons(drive):
        found.setdefault(reason["code"], []).append(reason["message"])
    return [{"code": code, "message": " ".join(messages)} for code, messages in found.items()]
