"""Pausing, continuing and moving a burn-in from its page."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from burnin_site.core.errors import BurninError
from burnin_site.core.roles import Role, require_role
from jobs import moving, pausing
from jobs.forms import MoveForm, sentences
from jobs.models import BurninJob

Deed = Callable[[BurninJob, User], None]


@require_POST
@require_role(Role.OPERATOR)
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a burn-in paused."""
    return _do(request, pk, lambda job, actor: pausing.pause_job(job=job, actor=actor))


@require_POST
@require_role(Role.OPERATOR)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a paused burn-in continued."""
    return _do(request, pk, lambda job, actor: pausing.continue_job(job=job, actor=actor))


@require_POST
@require_role(Role.OPERATOR)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a burn-in continued on the host where its drive is now."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, sentences(form))
        return redirect("jobs:job", pk)
    drive_id, serial = form.cleaned_data["drive"], form.cleaned_data["serial"]

    def deed(job: BurninJob, actor: User) -> None:
        moving.move_job(job=job, drive_id=drive_id, actor=actor, confirm_serial=serial)

    return _do(request, pk, deed)


def _do(request: HttpRequest, pk: int, deed: Deed) -> HttpResponse:
    """Do it, or say why not, on the burn-in's page."""
    job = get_object_or_404(BurninJob.objects.select_related("drive__host"), pk=pk)
    try:
        deed(job, cast(User, request.user))
    except BurninError as error:
        messages.error(request, str(error))
    return redirect("jobs:job", pk)
