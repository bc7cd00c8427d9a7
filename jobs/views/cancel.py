"""Cancelling burn-ins."""

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from burnin_site.core.roles import Role, require_role
from jobs import services
from jobs.board.cancel_dialog import build_cancel_dialog
from jobs.board.queries import active_jobs
from jobs.forms import CancelForm, read_numbers, sentences


@never_cache
@require_http_methods(["GET", "POST"])
@require_role(Role.OPERATOR)
def cancel(request: HttpRequest) -> HttpResponse:
    """Say what cancelling will do, or do it. Without a list, the question is about every active burn-in."""
    if request.method == "POST":
        return _cancel(request)
    wanted = read_numbers(request.GET, "job") or None
    dialog = build_cancel_dialog(active_jobs(wanted))
    return render(request, "jobs/_cancel.html", {"dialog": dialog})


def _cancel(request: HttpRequest) -> HttpResponse:
    form = CancelForm(request.POST)
    if not form.is_valid():
        error = sentences(form)
        return render(request, "jobs/_cancel.html", {"dialog": build_cancel_dialog([]), "error": error}, status=422)
    for job in active_jobs(form.cleaned_data["job"]):
        try:
            services.cancel_job(job=job, actor=cast(User, request.user))
        except services.JobOver:
            continue  # it ended by itself meanwhile: what was wanted has happened
    return HttpResponse(status=204)
