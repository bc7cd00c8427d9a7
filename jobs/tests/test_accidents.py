"""The database is locked, away or damaged, or the disk full, while a worker works: no job is lost, none is judged."""

import errno
import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, connection

from burnin_site.core.outage_log import OutageLog
from burnin_site.tests import accidents
from drives.hosts.errors import HostUnreachable
from jobs import dispatch, endings, engine, heartbeats, host_leases, scheduler, store, tasks
from jobs.host_leases import HostLease
from jobs.models import JobState
from jobs.scheduler import Scheduler
from jobs.tests.bench import Bench
from tests.lab.waiting import wait_until

LONG_AFTER = 120
ERRORS: dict[str, Callable[[Path], Exception]] = {
    **{make.__name__: partial(accidents.raised, make) for make in accidents.OF_SQLITE},
    "shut down": lambda _folder: accidents.of_postgres("57P01"),
    "too many connections": lambda _folder: accidents.of_postgres("53300"),
    "closed": lambda _folder: accidents.of_a_closed_connection(),
    "no room on the disk": lambda _folder: OSError(errno.ENOSPC, "No space left on device"),
}


@pytest.fixture(params=ERRORS)
def error(request: pytest.FixtureRequest, tmp_path: Path) -> Exception:
    """Return each of the accidents in turn."""
    return ERRORS[request.param](tmp_path)


def raising(error: Exception) -> Callable[..., Any]:
    """Return a function that raises this."""

    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


def test_a_step_that_met_an_accident_is_taken_again_and_is_nobodys_fault(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    job = bench.tick(bench.start())
    with monkeypatch.context() as patch:
        patch.setattr(store, "write_report", raising(error))
        for _ in range(engine.MOST_CRASHES + 1):
            job = bench.tick(job, after_s=LONG_AFTER)
    assert (job.state, job.crashes, job.error_text) == (JobState.RUNNING, 0, "")
    assert bench.finish_surface(bench.tick(job, after_s=LONG_AFTER)).state == JobState.PASSED
    assert len({run["run_id"] for run in bench.door.launched}) == len(bench.door.launched)


def test_so_is_one_whose_own_trouble_could_not_be_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    job = bench.tick(bench.start())
    with monkeypatch.context() as patch:
        patch.setattr(bench.door, "probe", raising(HostUnreachable("The host is away.")))
        patch.setattr(store, "write_job", raising(error))
        job = bench.tick(job, after_s=LONG_AFTER)
    assert job.state == JobState.RUNNING
    assert bench.finish_surface(bench.tick(job, after_s=LONG_AFTER)).state == JobState.PASSED


def test_so_is_the_end_of_a_burn_in(bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    job = bench.tick(bench.start())
    with monkeypatch.context() as patch:
        patch.setattr(endings, "_announce", raising(error))
        job = bench.finish_surface(job)
    assert job.state == JobState.RUNNING
    assert bench.tick(job, after_s=LONG_AFTER).state == JobState.PASSED


@pytest.mark.django_db
def test_work_is_done_although_nobody_hears_that_it_is(tmp_path: Path) -> None:
    done = []
    with accidents.every_query_raises(accidents.raised(accidents.locked, tmp_path)), heartbeats.busy():
        done.append(1)
    assert done


def test_a_notice_that_could_not_be_written_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django-Q takes a task that failed out of its queue, unless it is told not to."""
    queued: list[dict[str, Any]] = []
    monkeypatch.setattr(dispatch, "async_task", lambda *_, **options: queued.append(options))
    monkeypatch.setattr("django.db.transaction.on_commit", lambda act: act())
    dispatch.tell(bench.start().pk)
    assert queued[-1] == {"ack_failure": False}
    assert callable(tasks.tell)


@pytest.mark.django_db(transaction=True)
class TestQueue:
    """The queue for the cluster's own processes."""

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dispatch, "ASK_AGAIN_S", 0.0)

    def test_it_hands_out_nothing_while_the_database_is_away_and_tells_once(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        queue = dispatch.PatientQueue("burnin")
        queue.enqueue("a task")
        with (
            accidents.every_query_raises(accidents.raised(accidents.locked, tmp_path)),
            caplog.at_level(logging.WARNING),
        ):
            assert [queue.dequeue() for _ in range(3)] == [None] * 3
        assert [package for _, package in queue.dequeue()] == ["a task"]
        assert [line.message.split(":")[0] for line in caplog.records] == [
            "The queue of tasks waits",
            "The queue of tasks goes on",
        ]

    def test_a_task_that_is_done_is_taken_out_as_soon_as_that_can_be_written(self, tmp_path: Path) -> None:
        queue = dispatch.PatientQueue("burnin")
        number = queue.enqueue("a task")
        tries: list[int] = []

        def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's way
            tries.append(1)
            if len(tries) < 3:
                raise accidents.raised(accidents.locked, tmp_path / str(len(tries)))
            return execute(sql, params, many, context)

        for folder in "12":
            (tmp_path / folder).mkdir()
        with connection.execute_wrapper(refuse):
            queue.acknowledge(number)
        assert dispatch.queue_length() == 0

    def test_a_mistake_of_ours_is_not_waited_out(self) -> None:
        queue = dispatch.PatientQueue("burnin")
        with accidents.every_query_raises(ValueError("a mistake")), pytest.raises(ValueError, match="a mistake"):
            queue.dequeue()


class TestScheduler:
    """Its loop, and the threads that look at hosts."""

    def test_it_goes_on_when_the_accident_is_over_and_tells_of_it_once(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
    ) -> None:
        monkeypatch.setattr(scheduler, "AFTER_TROUBLE_S", 0.0)
        monkeypatch.setattr(scheduler, "STEP_S", 0.0)
        made, steps = Scheduler(), iter(range(100))

        def step(_now: object) -> None:
            if next(steps) < 5:
                raise error
            made.stop()

        monkeypatch.setattr(made, "step", step)
        with caplog.at_level(logging.WARNING):
            made.run()
        told = [line.message.split(":")[0] for line in caplog.records if line.name == scheduler.__name__]
        assert told == ["The scheduler waits", "The scheduler goes on"]

    @pytest.mark.django_db
    def test_a_stop_while_the_database_is_away_is_a_stop(self, bench: Bench, error: Exception) -> None:
        made = Scheduler()
        made._leases = {lease.host_id: lease for lease in host_leases.claim_free(made.owner, bench.now)}
        made.stop()
        if not isinstance(error, OSError):
            with accidents.every_query_raises(error):
                made.run()

    @pytest.mark.django_db(transaction=True)
    def test_a_thread_whose_connection_was_closed_opens_another(self) -> None:
        """PostgreSQL was restarted: what is closed stays closed until somebody lets go of it."""
        made, connected = Scheduler(), []
        lease = HostLease(1, made.owner, 1)

        def meets(_now: object) -> None:
            connection.ensure_connection()
            connected.append(connection.connection)
            raise InterfaceError("connection already closed")

        def looks(_now: object) -> None:
            connection.ensure_connection()
            connected.append(connection.connection)
            connection.close()

        for look in (meets, looks):
            made._look("runs", lease, look)
            wait_until(lambda: made._looking[(1, "runs")].done(), "it has looked")
        assert len(connected) == 2
        assert connected[0] is not connected[1]


@pytest.fixture(autouse=True)
def _told_afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test a queue that has told nothing yet."""
    monkeypatch.setattr(dispatch, "_outages", OutageLog(dispatch.logger, "The queue of tasks"))
    yield
