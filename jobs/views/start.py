"""Starting burn-ins."""

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from burnin_site.core.errors import BurninError
from burnin_site.core.roles import Role, require_role
from drives.models import Drive
from jobs import confirmations, services
from jobs.batch_word import batch_word, confirms_batch
from jobs.board.queries import chosen_drives
from jobs.board.start_dialog import ALL_TESTS, build_dialog, spell_out
from jobs.forms import TESTS, StartForm, read_numbers, sentences
from jobs.plans import SURFACE_PLANS
from settingsapp import services as settings_services

BAD_BATCH = "The count or the word is not right for these drives. Nothing was started."


@never_cache
@require_http_methods(["GET", "POST"])
@require_role(Role.OPERATOR)
def start(request: HttpRequest) -> HttpResponse:
    """Show the start dialog, or start what it says."""
    if request.method == "POST":
        return _start(request)
    drives = chosen_drives(read_numbers(request.GET, "drive"))
    return show_dialog(request, drives, status=200 if drives else 422)


@never_cache
@require_safe
@require_role(Role.OPERATOR)
def plan(request: HttpRequest) -> HttpResponse:
    """Spell out the plan of the tests that are ticked at the moment."""
    drives = chosen_drives(read_numbers(request.GET, "drive"))
    tests = [name for name in request.GET.getlist("test") if name in TESTS]
    surface = _surface_plan(request.GET.get("plan_name", ""))
    return render(request, "jobs/_plan.html", {"plan": spell_out(tests, drives, surface)})


def _surface_plan(asked: str = "") -> str:
    """Return how the surface is to be tested: as asked, else as the setting says."""
    return asked if asked in SURFACE_PLANS else str(settings_services.current().default_plan)


def _start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        drives = chosen_drives(read_numbers(request.POST, "drive"))
        return show_dialog(request, drives, error=sentences(form), status=422)
    drives = chosen_drives(form.cleaned_data["drive"])
    typed, tests = form.typed_serials(), form.cleaned_data["test"]
    kept = {
        "surface_plan": _surface_plan(form.cleaned_data["plan_name"]),
        "count": form.cleaned_data["count"],
        "typed_word": form.cleaned_data["word"],
    }
    try:
        chosen_plan = form.plan()
        confirm = _confirmation(request, form, drives) if chosen_plan.destructive else {}
        outcome = services.start_jobs(
            drive_ids=form.cleaned_data["drive"],
            plan=chosen_plan,
            confirm=confirm,
            actor=cast(User, request.user),
            tokens=form.tokens(),
        )
    except BurninError as error:
        return show_dialog(request, drives, tests=tests, typed=typed, error=str(error), status=422, **kept)
    if not outcome.refused:
        return HttpResponse(status=201)
    refusals = {refusal.drive_id: refusal.message for refusal in outcome.refused}
    left = [drive for drive in drives if drive.pk in refusals]
    return show_dialog(
        request, left, tests=tests, typed=typed, refusals=refusals, started=len(outcome.jobs), status=422, **kept
    )


def _confirmation(request: HttpRequest, form: StartForm, drives: list[Drive]) -> dict[str, str]:
    """Return what was confirmed per drive: the serials typed, or all of them by the right count and word."""
    typed = form.typed_serials()
    count, word = form.cleaned_data["count"], form.cleaned_data["word"]
    if len(drives) < 2 or not (count or word):
        return typed
    if not confirms_batch(drives, request.session.session_key or "", count=count, word=word):
        raise BatchNotConfirmed(BAD_BATCH)
    return {str(drive.pk): drive.serial for drive in drives}


class BatchNotConfirmed(BurninError):
    """The count and the word do not belong to these drives."""

    code = "batch_not_confirmed"
    status = 422


def show_dialog(request: HttpRequest, drives: list[Drive], *, status: int, **rest: object) -> HttpResponse:
    """Show the dialog for these drives, with a token that is good for ten minutes."""
    key, person, now = request.session.session_key or "", cast(User, request.user), timezone.now()
    token = confirmations.issue(user=person, drives=drives, plan=None, typed=False, now=now)
    options: dict[str, object] = {"tests": ALL_TESTS, "token": token, "surface_plan": _surface_plan(), **rest}
    dialog = build_dialog(drives, now=now, word=batch_word(drives, key), **options)  # type: ignore[arg-type]
    return render(request, "jobs/_start.html", {"dialog": dialog}, status=status)
