from django.apps import AppConfig

from burnin_site.core.live import sources


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        """Make the board and the job page live."""
        sources.register("board", "jobs.board.live_sources.BoardSource")
        sources.register("job", "jobs.board.live_sources.JobSource")
