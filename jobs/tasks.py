"""What Django-Q calls. Each may run twice, or late, without harm."""

from django.utils import timezone

from jobs import engine, heartbeats, notices
from jobs.models import BurninJob


def tick_job(job_id: int) -> None:
    """Advance one job."""
    with heartbeats.busy():
        engine.tick(job_id=job_id, clock=timezone.now)


def beat() -> None:
    """Show that this node's workers take tasks."""
    with heartbeats.busy():
        pass


def tell(job_id: int) -> None:
    """Send mail and webhook about a job that ended."""
    with heartbeats.busy():
        notices.send(BurninJob.objects.select_related("drive__host").get(pk=job_id))
