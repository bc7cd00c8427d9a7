"""A wall clock that is set must neither hold anything up nor wake it too often."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs import due, host_leases, leases
from jobs.clocks import passed
from jobs.models import BurninJob
from jobs.tests.bench import Bench

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("since", "over"),
    [(None, True), (NOON, False), (NOON - MINUTE / 2, False), (NOON - MINUTE, True), (NOON + HOUR, True)],
)
def test_a_pause_is_over_after_its_time_or_when_it_began_in_the_future(since: datetime | None, *, over: bool) -> None:
    assert passed(since, MINUTE, NOON) is over


def test_a_dead_workers_lease_ends_although_the_clock_was_set_back(bench: Bench) -> None:
    job = bench.start()
    leases.take(job.pk, bench.now)
    assert leases.take(job.pk, bench.now - HOUR)


def test_a_living_workers_lease_holds_for_a_machine_whose_clock_is_a_little_behind(bench: Bench) -> None:
    job = bench.start()
    leases.take(job.pk, bench.now)
    assert not leases.take(job.pk, bench.now - timedelta(seconds=10))


def test_a_dead_schedulers_hosts_are_free_although_the_clock_was_set_back(bench: Bench) -> None:
    assert host_leases.claim_free("one", bench.now)
    assert host_leases.claim_free("two", bench.now - HOUR)


def test_a_job_that_was_put_off_is_due_although_the_clock_was_set_back(bench: Bench) -> None:
    job = bench.tick(bench.start())
    BurninJob.objects.filter(pk=job.pk).update(due_at=bench.now + timedelta(seconds=30))
    assert job.pk not in due._waiting_over(bench.now)
    assert job.pk in due._waiting_over(bench.now - HOUR)
