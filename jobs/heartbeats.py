"""Signs of life that a worker leaves, for the watchdog that restarts a wedged cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jobs.models import WorkerHeartbeat

MAY_BE_BUSY = timedelta(seconds=settings.Q_CLUSTER["timeout"])


@contextmanager
def busy() -> Iterator[None]:
    """Note that this node works on a task: busy at the start (it may take as long as a task may), a beat at the end."""
    now = timezone.now()
    node = settings.NODE_NAME
    WorkerHeartbeat.objects.update_or_create(node=node, defaults={"beat_at": now, "busy_until": now + MAY_BE_BUSY})
    try:
        yield
    finally:
        WorkerHeartbeat.objects.filter(node=node).update(beat_at=timezone.now(), busy_until=None)
