"""The rows that the API shows: a fixed number of queries, however many rows."""

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from drives.models import Drive
from jobs.models import ACTIVE_STATES, BurninJob, BurninStage

SEARCHED = ("serial", "model", "devname", "location", "wwn")


def drives(*, host: int | None = None, search: str = "") -> QuerySet[Drive]:
    """Return drives with `active_job` beside each: all, those of a host, those whose labels contain every word."""
    active = BurninJob.objects.filter(drive=OuterRef("pk"), state__in=ACTIVE_STATES).order_by()
    rows = Drive.objects.select_related("host").annotate(active_job=Subquery(active.values("pk")[:1]))
    if host is not None:
        rows = rows.filter(host_id=host)
    for word in search.split():
        anywhere = Q()
        for name in SEARCHED:
            anywhere |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(anywhere)
    return rows.order_by("host__name", "devname", "pk")


def jobs(*, state: str | None = None, drive: int | None = None) -> QuerySet[BurninJob]:
    """Return burn-ins with their stages, the newest first."""
    # A stage's log can be megabytes, and is not shown here.
    stages = BurninStage.objects.defer("log_text", "position_log", "proof", "data").order_by("position")
    rows = BurninJob.objects.prefetch_related(Prefetch("stages", stages)).order_by("-pk")
    if state is not None:
        rows = rows.filter(state=state)
    return rows if drive is None else rows.filter(drive_id=drive)
