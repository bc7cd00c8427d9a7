"""The page of one burn-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from burnin_site.core.live.services import current_version
from burnin_site.core.roles import Role, require_role
from jobs import moving
from jobs.board.evidence import build_evidence
from jobs.board.heat_chart import build_chart
from jobs.board.job_row import build_job_row
from jobs.models import BurninJob, BurninStage


def _find(pk: int) -> tuple[BurninJob, list[BurninStage]]:
    job = get_object_or_404(BurninJob.objects.select_related("drive__host"), pk=pk)
    return job, list(job.stages.order_by("position"))


@never_cache
@require_safe
@require_role(Role.VIEWER)
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A burn-in: its stages, findings, verdict and log."""
    version = current_version()
    job, stages = _find(pk)
    row = build_job_row(job, stages, now=timezone.now())
    content: dict[str, Any] = {"job": job, "row": row, "evidence": build_evidence(job, stages), "version": version}
    content |= {"chart": build_chart(job), "places": moving.places_for(job)}
    return render(request, "jobs/job.html", content)


@never_cache
@require_safe
@require_role(Role.VIEWER)
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdict, its proof and the findings, for a page that is open while they change."""
    job, stages = _find(pk)
    return render(request, "jobs/_evidence.html", {"evidence": build_evidence(job, stages)})


@never_cache
@require_safe
@require_role(Role.VIEWER)
def heat(request: HttpRequest, pk: int) -> HttpResponse:
    """The temperature chart, for a page that is open while it grows."""
    job = get_object_or_404(BurninJob, pk=pk)
    return render(request, "jobs/_heat.html", {"chart": build_chart(job)})


@never_cache
@require_safe
@require_role(Role.VIEWER)
def stage_log(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """The log of one stage as plain text."""
    stage = get_object_or_404(BurninStage, job=pk, position=position)
    return HttpResponse(stage.log_text, content_type="text/plain; charset=utf-8")
