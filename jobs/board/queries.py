"""The queries behind the board: as many for one drive as for a thousand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from drives.models import Drive, Host
from jobs.models import ACTIVE_STATES, BurninJob, BurninStage, JobState

STATS_DAYS = 30


@dataclass(frozen=True, slots=True)
class BoardDrive:
    """A drive with its newest burn-in."""

    drive: Drive
    job: BurninJob | None
    stages: Sequence[BurninStage]


@dataclass(frozen=True, slots=True)
class BoardHost:
    """A host with the number of burn-ins that run on it."""

    host: Host
    running: int


def shown_drives() -> QuerySet[Drive]:
    """Return the drives of the board: those that are there, and those missing in the middle of a burn-in."""
    busy = BurninJob.objects.filter(drive=OuterRef("pk"), state__in=ACTIVE_STATES)
    return Drive.objects.filter(Q(present=True) | Exists(busy))


def load_board(drives: QuerySet[Drive]) -> list[BoardDrive]:
    """Return these drives with their newest burn-ins and stages, in three queries."""
    newest = BurninJob.objects.filter(drive=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = list(
        drives.select_related("host")
        .defer("smart_attrs", "notes")
        .annotate(newest_job_id=Subquery(newest))
        .order_by("host__name", "devname", "pk")
    )
    wanted = [row.newest_job_id for row in rows if row.newest_job_id]
    jobs = {job.pk: job for job in BurninJob.objects.filter(pk__in=wanted)}
    stages = stages_of(wanted)
    return [BoardDrive(row, jobs.get(row.newest_job_id), stages.get(row.newest_job_id, ())) for row in rows]


def stages_of(job_ids: Iterable[int]) -> dict[int, list[BurninStage]]:
    """Return the stages of these jobs, without their logs."""
    found: dict[int, list[BurninStage]] = defaultdict(list)
    query = BurninStage.objects.filter(job__in=list(job_ids)).defer("log_text", "position_log", "proof", "findings")
    for stage in query.order_by("job_id", "position"):
        found[stage.job_id].append(stage)
    return found


def load_hosts(hosts: QuerySet[Host]) -> list[BoardHost]:
    """Return these hosts by name, with the number of burn-ins that run on each."""
    running = Count("drives__jobs", filter=Q(drives__jobs__state=JobState.RUNNING))
    return [BoardHost(host, host.running_count) for host in hosts.annotate(running_count=running).order_by("name")]


def count_jobs(now: datetime) -> dict[str, int]:
    """Return the numbers of active burn-ins, and of those that ended in the last 30 days, by state."""
    recent = Q(finished_at__gte=now - timedelta(days=STATS_DAYS))
    rows = (
        BurninJob.objects.filter(Q(state__in=ACTIVE_STATES) | recent)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


def running_jobs() -> list[tuple[BurninJob, list[BurninStage]]]:
    """Return the running burn-ins with their stages."""
    jobs = list(BurninJob.objects.filter(state=JobState.RUNNING))
    stages = stages_of([job.pk for job in jobs])
    return [(job, stages.get(job.pk, [])) for job in jobs]


def chosen_drives(ids: Sequence[int]) -> list[Drive]:
    """Return the drives of a dialog, in the order of the board."""
    found = Drive.objects.filter(pk__in=ids).select_related("host").defer("smart_attrs", "notes")
    return list(found.order_by("host__name", "devname", "pk"))


def active_jobs(ids: Sequence[int] | None) -> list[BurninJob]:
    """Return the active burn-ins among these, or all of them."""
    jobs = BurninJob.objects.filter(state__in=ACTIVE_STATES).select_related("drive__host")
    return list((jobs if ids is None else jobs.filter(pk__in=ids)).order_by("pk"))
