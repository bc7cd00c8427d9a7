"""The only door to Django-Q: run this soon. Nothing else is trusted to it."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.tasks import async_task

from burnin_site.core.database_wait import drop_broken_connection
from burnin_site.core.outage_log import OutageLog
from jobs.clocks import SKEW
from jobs.models import BurninJob

WAKE_AGAIN_AFTER = timedelta(seconds=10)
PER_WAITING_TASK = timedelta(seconds=0.5)  # behind a long queue a task is late, and not lost
MOST_QUEUED = 200
ASK_AGAIN_S = 1.0  # a database that refuses at once is not asked without end
logger = logging.getLogger(__name__)
_outages = OutageLog(logger, "The queue of tasks")


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
    """Have a worker send mail and webhook about a job that ended; one that could not read the job tries again."""
    transaction.on_commit(lambda: async_task("jobs.tasks.tell", job_id, ack_failure=False))


def ask_for_heartbeat() -> None:
    """Queue a sign of life, unless the queue is already full of work that nobody takes."""
    if OrmQ.objects.count() < MOST_QUEUED:
        async_task("jobs.tasks.beat")


def queue_length() -> int:
    """Return how many tasks wait or run."""
    return int(OrmQ.objects.count())


class PatientQueue(ORM):  # type: ignore[misc]  # Django-Q has no types
    """The queue in the database, for the cluster's own processes.

    Django-Q's processes end at the first error of their queue, and the whole cluster with its tasks is started afresh
    for it. A database that is away for a while is no reason to.
    """

    def dequeue(self) -> Any:
        """Return tasks, or nothing while the database is away."""
        try:
            tasks = super().dequeue()
        except Error as error:
            _wait_out(error)
            return None
        _outages.over()
        return tasks

    def delete(self, task_id: int) -> None:
        """Take a task out that is done; it would be done again if that were left."""
        while True:
            try:
                super().delete(task_id)
                return
            except Error as error:
                _wait_out(error)


def _wait_out(error: Error) -> None:
    """Wait a little if this is an accident; else raise it."""
    if not _outages.met(error):
        raise error
    drop_broken_connection()
    time.sleep(ASK_AGAIN_S)
