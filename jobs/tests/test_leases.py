"""One worker per job, one scheduler per host."""

from datetime import timedelta

import pytest
from django.conf import settings

from drives.hosts.program_client import INVENTORY_S, SMART_S
from drives.hosts.ssh_login import Timeouts
from drives.models import Host
from jobs import dispatch, host_leases, leases
from jobs.tests.bench import Bench
from tests.lab.waiting import wait_until


def test_a_job_is_taken_once(bench: Bench) -> None:
    job = bench.start()
    token = leases.take(job.pk, bench.now)
    assert token
    assert leases.take(job.pk, bench.now) == ""
    leases.give_back(job.pk, token)
    assert leases.take(job.pk, bench.now)


def test_a_wake_that_found_the_job_taken_does_not_silence_the_next(bench: Bench) -> None:
    job = bench.start()
    leases.take(job.pk, bench.now)
    type(job).objects.update(woken_at=bench.now)
    leases.take(job.pk, bench.now)
    assert not type(job).objects.filter(woken_at__isnull=False).exists()


def test_a_wake_behind_a_long_queue_is_late_and_not_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job, queued, waiting = bench.start(), [], [0]
    monkeypatch.setattr(dispatch, "async_task", lambda *words: queued.append(words))
    monkeypatch.setattr(dispatch, "queue_length", lambda: waiting[0])

    def wake(after_s: float) -> int:
        queued.clear()
        dispatch._enqueue(job.pk, bench.now + timedelta(seconds=after_s))
        return len(queued)

    assert [wake(0), wake(9), wake(11)] == [1, 0, 1]
    waiting[0] = 100
    assert [wake(70), wake(72)] == [0, 1]
    leases.take(job.pk, bench.now)
    assert wake(73) == 1, "a worker has picked it up meanwhile: this is news"


def test_a_lease_that_ran_out_is_somebody_elses(bench: Bench) -> None:
    job = bench.start()
    old = leases.take(job.pk, bench.now)
    new = leases.take(job.pk, bench.now + leases.LEASE + timedelta(seconds=1))
    assert new
    leases.give_back(job.pk, old)
    leases.confirm(job.pk, new)
    with pytest.raises(leases.LeaseLost):
        leases.confirm(job.pk, old)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_waits_for_a_slow_host_keeps_its_job(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "KEEP_EVERY_S", 0.01)
    job = bench.start()
    token = leases.take(job.pk, bench.now)
    later = bench.now + leases.LEASE
    jobs = type(job).objects.filter(pk=job.pk)
    with leases.kept(job.pk, token, lambda: later):
        wait_until(lambda: jobs.filter(lease_until=later + leases.LEASE).exists(), "the lease is renewed")
    assert leases.take(job.pk, later + timedelta(seconds=1)) == ""


def test_a_task_may_take_as_long_as_the_slowest_host() -> None:
    wait = Timeouts()
    log_in = wait.dial_s + 2 * wait.greet_s + wait.login_s + wait.open_s
    assert settings.Q_CLUSTER["timeout"] > log_in + 30 + INVENTORY_S + SMART_S, "the precheck asks three questions"


def test_a_host_is_owned_by_one_scheduler_until_it_stops_renewing(bench: Bench) -> None:
    first = host_leases.claim_free("one", bench.now)[0]
    assert host_leases.claim_free("two", bench.now) == []
    later = bench.now + timedelta(seconds=9)
    assert host_leases.renew(first, later)
    assert host_leases.claim_free("two", later + timedelta(seconds=9)) == []
    second = host_leases.claim_free("two", later + timedelta(seconds=11))[0]
    assert second.epoch == first.epoch + 1
    assert not host_leases.renew(first, later)
    assert not host_leases.holds(first)
    assert host_leases.holds(second)


def test_a_released_host_is_free_at_once(bench: Bench) -> None:
    lease = host_leases.claim_free("one", bench.now)[0]
    host_leases.release(lease)
    assert host_leases.claim_free("two", bench.now)


def test_a_host_that_is_gone_is_no_ones(bench: Bench) -> None:
    lease = host_leases.claim_free("one", bench.now)[0]
    bench.drive.delete()
    Host.objects.all().delete()
    assert not host_leases.renew(lease, bench.now)
