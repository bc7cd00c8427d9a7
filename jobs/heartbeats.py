"""Signs of life that a worker leaves, for the watchdog that restarts a wedged cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jobs.models import WorkerHeartbeat
from jobs.renewal import renewed

MAY_BE_BUSY = timedelta(seconds=45)  # without news a worker has died
SAY_EVERY_S = 15.0


@contextmanager
def busy() -> Iterator[None]:
    """Note that this node works on a task, again and again while it does, and that it is done at the end."""
    node = settings.NODE_NAME
    _say_busy()
    try:
        with renewed(_say_busy, every_s=SAY_EVERY_S):
            yield
    finally:
        WorkerHeartbeat.objects.filter(node=node).update(beat_at=timezone.now(), busy_until=None)


def _say_busy() -> None:
    now = timezone.now()
    told = {"beat_at": now, "busy_until": now + MAY_BE_BUSY}
    WorkerHeartbeat.objects.update_or_create(node=settings.NODE_NAME, defaults=told)
