"""The only door to Django-Q: run this soon. Nothing else is trusted to it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from jobs.clocks import SKEW
from jobs.models import BurninJob

WAKE_AGAIN_AFTER = timedelta(seconds=10)
PER_WAITING_TASK = timedelta(seconds=0.5)  # behind a long queue a task is late, and not lost
MOST_QUEUED = 200


def wake(job_id: int) -> None:
    """Have a worker look at this job as soon as the current transaction is committed.

    Said twice within ten seconds, or longer behind a long queue, it is queued once, unless a worker has picked it up
    meanwhile. Else workers that fall behind would get more to do the further they are behind, and never catch up.
    """
    transaction.on_commit(lambda: _enqueue(job_id, timezone.now()))


def wake_all(job_ids: Iterable[int]) -> None:
    """Wake several jobs."""
    for job_id in job_ids:
        wake(job_id)


def _enqueue(job_id: int, now: datetime) -> None:
    patience = WAKE_AGAIN_AFTER + PER_WAITING_TASK * queue_length()
    quiet = Q(woken_at__isnull=True) | Q(woken_at__lt=now - patience) | Q(woken_at__gt=now + SKEW)
    if BurninJob.objects.filter(quiet, pk=job_id).update(woken_at=now):
        async_task("jobs.tasks.tick_job", job_id)


def tell(job_id: int) -> None:
    """Have a worker send mail and webhook about a job that ended."""
    transaction.on_commit(lambda: async_task("jobs.tasks.tell", job_id))


def ask_for_heartbeat() -> None:
    """Queue a sign of life, unless the queue is already full of work that nobody takes."""
    if OrmQ.objects.count() < MOST_QUEUED:
        async_task("jobs.tasks.beat")


def queue_length() -> int:
    """Return how many tasks wait or run."""
    return int(OrmQ.objects.count())
