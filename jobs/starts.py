"""A queued job becomes a running one."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from jobs import store
from jobs.models import BurninJob, JobState


def begin_job(job: BurninJob, token: str, *, now: datetime, may_start: Callable[[BurninJob], bool]) -> bool:
    """Mark a queued job as running if it has a slot. Return whether it runs."""
    with transaction.atomic():
        if not may_start(job):
            return False
        store.write_job(job, token, state=JobState.RUNNING, started_at=now)
    return True
