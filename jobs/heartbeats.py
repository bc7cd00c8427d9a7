"""Signs of life that a worker leaves, for the watchdog that restarts a wedged cluster."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import Error
from django.utils import timezone

from burnin_site.core.database_wait import drop_broken_connection
from jobs.models import WorkerHeartbeat
from jobs.renewal import renewed

logger = logging.getLogger(__name__)
MAY_BE_BUSY = timedelta(seconds=45)  # without news a worker has died
SAY_EVERY_S = 15.0


@contextmanager
def busy() -> Iterator[None]:
    """Note that this node works on a task, again and again while it does, and that it is done at the end."""
    _quietly(_say_busy)
    try:
        with renewed(_say_busy, every_s=SAY_EVERY_S):
            yield
    finally:
        _quietly(_say_done)


def _quietly(say: Callable[[], object]) -> None:
    """Say it; where the database does not listen the work goes on all the same, and may not be lost for a beat."""
    try:
        say()
    except Error as error:
        logger.warning("A sign of life could not be written: %s", error)
        drop_broken_connection()


def _say_done() -> None:
    WorkerHeartbeat.objects.filter(node=settings.NODE_NAME).update(beat_at=timezone.now(), busy_until=None)


def _say_busy() -> None:
    now = timezone.now()
    told = {"beat_at": now, "busy_until": now + MAY_BE_BUSY}
    WorkerHeartbeat.objects.update_or_create(node=settings.NODE_NAME, defaults=told)
