"""A worker says that it is at work for as long as it is."""

from datetime import datetime

import pytest

from jobs import heartbeats
from jobs.models import WorkerHeartbeat
from tests.lab.waiting import wait_until


def beat() -> datetime:
    return WorkerHeartbeat.objects.get().beat_at


@pytest.mark.django_db(transaction=True)
def test_a_long_task_says_again_and_again_that_it_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "SAY_EVERY_S", 0.01)
    with heartbeats.busy():
        first = beat()
        wait_until(lambda: beat() > first, "it is said again")
        until = WorkerHeartbeat.objects.get().busy_until
        assert until
        assert until > beat()


@pytest.mark.django_db
def test_a_task_that_is_done_leaves_nobody_busy() -> None:
    with pytest.raises(ZeroDivisionError), heartbeats.busy():
        raise ZeroDivisionError
    assert WorkerHeartbeat.objects.get().busy_until is None
