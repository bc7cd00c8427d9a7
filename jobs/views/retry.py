"""Trying a burn-in again: the dialog, which asks for the serial number once more where it must."""

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from burnin_site.core.errors import BurninError
from burnin_site.core.roles import Role, require_role
from jobs import confirmations, retrying
from jobs.board.figures import size_text
from jobs.forms import RetryForm, sentences
from jobs.models import BurninJob, StageState


@never_cache
@require_http_methods(["GET", "POST"])
@require_role(Role.OPERATOR)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what another attempt does and ask for what it needs, or queue it."""
    job = get_object_or_404(BurninJob.objects.select_related("drive__host"), pk=pk)
    if request.method != "POST":
        return _dialog(request, job, error=retrying.refusal_for(job))
    form = RetryForm(request.POST)
    if not form.is_valid():
        return _dialog(request, job, error=sentences(form), status=422)
    given = {"confirm_serial": form.cleaned_data["serial"], "token": ""}
    if given["confirm_serial"] or retrying.needs_confirmation(job):
        given["token"] = form.cleaned_data["token"] or "missing"
    try:
        retrying.retry_job(job=job, actor=cast(User, request.user), **given)
    except retrying.NotConfirmedAgain as error:
        return _dialog(request, job, error=error.wrong, status=422)
    except BurninError as error:
        return _dialog(request, job, error=str(error), status=422)
    return HttpResponse(status=204)


def _dialog(request: HttpRequest, job: BurninJob, *, error: str, status: int = 200) -> HttpResponse:
    """Show the question, with a token that is good for ten minutes."""
    person, now = cast(User, request.user), timezone.now()
    content = {
        "job": job,
        "size": size_text(job.size_bytes),
        "confirm": retrying.needs_confirmation(job),
        "kept": job.stages.filter(state=StageState.PASSED).exists(),
        "goes_on": retrying.surface_goes_on(job),
        "token": confirmations.issue(user=person, drives=[job.drive], plan=None, typed=False, now=now),
        "typed": request.POST.get("serial", "")[:100],
        "error": error,
    }
    return render(request, "jobs/_retry.html", content, status=status)
