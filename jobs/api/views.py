"""Burn-ins: start, watch, cancel."""

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from burnin_site.core.api.lookups import find
from burnin_site.core.api.people import actor_of
from burnin_site.core.api_pages import Pages
from burnin_site.core.errors import body
from jobs import moving, pausing, plans, refusals, retrying, services, thermometer
from jobs.api import queries
from jobs.api.serializers import (
    ConfirmIn,
    JobOut,
    JobQueryIn,
    MoveIn,
    RefusalOut,
    RetryIn,
    SampleOut,
    StartedJobOut,
    StartIn,
)
from settingsapp import services as settings_services


class StartView(APIView):
    """The start of burn-ins."""

    def post(self, request: Request) -> Response:
        """Queue one burn-in per drive; say for each drive that was refused why."""
        sent = StartIn(data=request.data)
        sent.is_valid(raise_exception=True)
        wishes: dict[str, Any] = dict(sent.validated_data)
        drive_ids, confirm, tokens = wishes.pop("drive_ids"), wishes.pop("confirm"), wishes.pop("tokens")
        plan = plans.make_plan(**wishes)
        outcome = services.start_jobs(
            drive_ids=drive_ids, plan=plan, confirm=confirm, actor=actor_of(request), tokens=tokens
        )
        answer: dict[str, Any] = {
            "jobs": StartedJobOut(outcome.jobs, many=True).data,
            "refused": RefusalOut(outcome.refused, many=True).data,
        }
        if outcome.jobs:
            return Response(answer, status=201)
        return Response({**body(*_all_refused(outcome.refused)), **answer}, status=409)


class ConfirmView(APIView):
    """The confirmation before a start, for clients that show the drives to a person first."""

    def post(self, request: Request) -> Response:
        """Return a token per drive whose serial number is right: good for this plan, ten minutes, once."""
        sent = ConfirmIn(data=request.data)
        sent.is_valid(raise_exception=True)
        wishes: dict[str, Any] = dict(sent.validated_data)
        drive_ids, confirm = wishes.pop("drive_ids"), wishes.pop("confirm")
        given, refused = refusals.confirm(
            drive_ids=drive_ids, plan=plans.make_plan(**wishes), typed=confirm, actor=actor_of(request)
        )
        answer: dict[str, Any] = {"tokens": given, "refused": RefusalOut(refused, many=True).data}
        if given:
            return Response(answer, status=201)
        return Response({**body(*_all_refused(refused)), **answer}, status=409)


def _all_refused(refused: Sequence[refusals.Refusal]) -> tuple[str, str, dict[str, Any]]:
    """Return sentence, code and detail for a start that started nothing."""
    first = refused[0]
    if len(refused) == 1:
        return first.message, first.code, {"drive_id": first.drive_id}
    codes = {refusal.code for refusal in refused}
    sentence = f"None of the {len(refused)} drives can be burnt in. The first: {first.message}"
    return sentence, codes.pop() if len(codes) == 1 else "all_refused", {"count": len(refused)}


class JobsView(APIView):
    """All burn-ins."""

    def get(self, request: Request) -> Response:
        """List them, in pages."""
        asked = JobQueryIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        pages = Pages()
        page = pages.paginate_queryset(queries.jobs(**asked.validated_data), request, view=self)
        return pages.get_paginated_response(JobOut(page, many=True).data)


class JobView(APIView):
    """One burn-in."""

    def get(self, request: Request, pk: int) -> Response:
        """Show it."""
        return Response(JobOut(find(queries.jobs(), pk)).data)


class TemperaturesView(APIView):
    """How warm a drive was while it was burned in."""

    def get(self, request: Request, pk: int) -> Response:
        """Return the readings, oldest first, with the limits that hold for this drive."""
        job = find(queries.jobs(), pk)
        limits = thermometer.limits_of(job, settings_services.current().temp_crit_c)
        return Response(
            {
                "job": job.pk,
                "critical_c": limits.critical,
                "pause_at_c": limits.pause_at,
                "continue_at_c": limits.continue_at,
                "cooling_since": job.cooling_since,
                "samples": SampleOut(job.temperatures.order_by("at"), many=True).data,
            }
        )


class CancelView(APIView):
    """The end of a burn-in before its time."""

    def post(self, request: Request, pk: int) -> Response:
        """Have it stopped, and show it."""
        job = find(queries.jobs(), pk)
        services.cancel_job(job=job, actor=actor_of(request))
        return Response(JobOut(find(queries.jobs(), pk)).data)


class PauseView(APIView):
    """A halt, for as long as a person wants."""

    def post(self, request: Request, pk: int) -> Response:
        """Have it paused, and show it."""
        pausing.pause_job(job=find(queries.jobs(), pk), actor=actor_of(request))
        return Response(JobOut(find(queries.jobs(), pk)).data)


class ContinueView(APIView):
    """The end of a halt."""

    def post(self, request: Request, pk: int) -> Response:
        """Have it continued, and show it."""
        pausing.continue_job(job=find(queries.jobs(), pk), actor=actor_of(request))
        return Response(JobOut(find(queries.jobs(), pk)).data)


class RetryView(APIView):
    """Another attempt at a burn-in that ended unknown."""

    def post(self, request: Request, pk: int) -> Response:
        """Queue it again, and show it. One that erases is confirmed again when that was ten minutes ago or more."""
        job = find(queries.jobs(), pk)
        sent = RetryIn(data=request.data or {})
        sent.is_valid(raise_exception=True)
        retrying.retry_job(job=job, actor=actor_of(request), **sent.validated_data)
        return Response(JobOut(find(queries.jobs(), pk)).data)


class MoveView(APIView):
    """Another host, into which the drive was put."""

    def post(self, request: Request, pk: int) -> Response:
        """Go on there, and show it."""
        job = find(queries.jobs(), pk)
        sent = MoveIn(data=request.data)
        sent.is_valid(raise_exception=True)
        moving.move_job(job=job, actor=actor_of(request), **sent.validated_data)
        return Response(JobOut(find(queries.jobs(), pk)).data)
