"""Nothing is launched that nobody confirmed, or on a host that was disarmed."""

from drives.models import Host
from jobs.models import BurninJob, BurninStage, WipeToken
from jobs.tests.bench import Bench, bench

__all__ = ["bench"]


def token_of(job: BurninJob) -> WipeToken:
    return WipeToken.objects.get(job=job)


def test_the_first_launch_spends_the_confirmation_and_binds_it(bench: Bench) -> None:
    job = bench.start()
    assert token_of(job).spent_at is None
    bench.tick(job)
    token = token_of(job)
    first = bench.door.launched[0]
    assert (token.spent_at, token.spent_by_run) == (bench.now, first["run_id"])
    assert (first["guard"]["user"], first["guard"]["plan"]) == ("bob", token.plan_hash)
    bench.finish_surface(job)
    assert token_of(job).spent_by_run == first["run_id"], "later launches of the job leave it as it was spent"


def test_a_confirmation_waits_with_its_job_for_days(bench: Bench) -> None:
    job = bench.start()
    bench.tick(job, after_s=5 * 86400)
    assert len(bench.door.launched) == 1


def test_without_a_confirmation_nothing_is_launched(bench: Bench) -> None:
    job = bench.start()
    WipeToken.objects.all().delete()
    job = bench.tick(job)
    assert (job.state, bench.door.launched) == ("unknown", [])
    assert "Nobody confirmed that ZA1 is erased." in job.error_text


def test_another_plan_than_the_confirmed_one_is_not_launched(bench: Bench) -> None:
    job = bench.start()
    BurninStage.objects.create(job=job, position=9, stage_name="io_validate", destructive=True)
    job = bench.tick(job)
    assert (job.state, bench.door.launched) == ("unknown", [])
    assert "Another plan was confirmed" in job.error_text


def test_another_drive_than_the_confirmed_one_is_not_launched(bench: Bench) -> None:
    job = bench.start()
    WipeToken.objects.update(serial="ZA2")
    job = bench.tick(job)
    assert (job.state, bench.door.launched) == ("unknown", [])


def test_a_host_that_was_disarmed_since_the_start_gets_no_launch(bench: Bench) -> None:
    job = bench.start()
    Host.objects.update(armed=False)
    job = bench.tick(job)
    assert (job.state, bench.door.launched) == ("unknown", [])
    assert "nas-1 was disarmed after ZA1 was confirmed" in job.error_text


def test_a_burn_in_that_was_begun_waits_until_the_host_is_armed_again(bench: Bench) -> None:
    job = bench.tick(bench.start())
    Host.objects.update(armed=False)
    bench.end_pattern("0xaa")
    job = bench.tick(job)
    assert (job.state, len(bench.door.launched)) == ("running", 1)
    assert "nas-1 is disarmed" in job.waiting_reason
    Host.objects.update(armed=True)
    job = bench.tick(job, after_s=60)
    assert (job.waiting_reason, len(bench.door.launched)) == ("", 2)


def test_a_harmless_burn_in_needs_no_confirmation(bench: Bench) -> None:
    job = bench.start(run_surface=False, run_short=True)
    assert not WipeToken.objects.filter(job=job).exists()
