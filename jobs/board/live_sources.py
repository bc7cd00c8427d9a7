"""The live rows of the board and of the job page."""

from django.db.models import Q
from django.utils import timezone

from burnin_site.core.live.sources import Row, make_row
from drives.models import Drive, Host
from jobs.board import queries
from jobs.board.cells import cells_data
from jobs.board.drive_row import build_row
from jobs.board.host_row import build_host_row
from jobs.board.job_row import build_job_row
from jobs.board.limits import board_limits
from jobs.board.stats import build_stats
from jobs.models import BurninJob


class BoardSource:
    """Rows of kind `drive`, `host` and `stats`."""

    def rows(self, *, key: str, since: int | None, until: int) -> list[Row]:
        """Return the rows that changed after `since`, or all of them."""
        stats = make_row(kind="stats", row_id="all", version=until, cells=cells_data(build_stats(timezone.now())))
        return [*self._hosts(since, until), *self._drives(since), stats]

    def census(self, *, key: str) -> int:
        """Return how many hosts and drives the board shows."""
        return queries.shown_drives().count() + Host.objects.count()

    def _drives(self, since: int | None) -> list[Row]:
        shown = queries.shown_drives()
        wanted = shown if since is None else shown.filter(live_version__gt=since)
        limits, now = board_limits(), timezone.now()
        rows = [
            make_row(
                kind="drive",
                row_id=entry.drive.pk,
                version=entry.drive.live_version,
                **build_row(entry, limits, now=now).data(),
            )
            for entry in queries.load_board(wanted)
        ]
        return rows if since is None else [*rows, *self._gone(since)]

    def _gone(self, since: int) -> list[Row]:
        """Return the drives that left the board: they are no longer in their host, and nothing runs on them."""
        left = Drive.objects.filter(live_version__gt=since).exclude(pk__in=queries.shown_drives().values("pk"))
        return [
            make_row(kind="drive", row_id=pk, version=version, gone=True)
            for pk, version in left.values_list("pk", "live_version")
        ]

    def _hosts(self, since: int | None, until: int) -> list[Row]:
        """Return hosts that changed, and those of changed drives: their slots may be taken or free now."""
        hosts = Host.objects.all()
        if since is not None:
            of_drives = Drive.objects.filter(live_version__gt=since).values("host_id")
            hosts = hosts.filter(Q(live_version__gt=since) | Q(pk__in=of_drives))
        limits, now = board_limits(), timezone.now()
        return [
            make_row(
                kind="host",
                row_id=entry.host.pk,
                version=until,
                **build_host_row(entry, limits, now=now).data(),
            )
            for entry in queries.load_hosts(hosts)
        ]


class JobSource:
    """The one row of a job's page."""

    def rows(self, *, key: str, since: int | None, until: int) -> list[Row]:
        """Return the job if it changed."""
        jobs = BurninJob.objects.select_related("drive__host").filter(pk=int(key))
        if since is not None:
            jobs = jobs.filter(live_version__gt=since)
        return [
            make_row(
                kind="job",
                row_id=job.pk,
                version=job.live_version,
                **build_job_row(job, list(job.stages.order_by("position")), now=timezone.now()).data(),
            )
            for job in jobs
        ]

    def census(self, *, key: str) -> int:
        """Return 1 while the job exists."""
        return BurninJob.objects.filter(pk=int(key)).count()
