from django.apps import AppConfig
from django.core import checks

from burnin_site.core.live import sources
from drives import holds
from jobs.run_names import check_runs_are_ours


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        """Make the board and the job page live, and have the names of runs checked at a start."""
        holds.register("jobs.working_folders.why_it_stays")
        checks.register(check_runs_are_ours, "installation")
        sources.register("board", "jobs.board.live_sources.BoardSource")
        sources.register("job", "jobs.board.live_sources.JobSource")
