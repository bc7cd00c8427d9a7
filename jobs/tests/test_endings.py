"""A burn-in ends once, whole, and whatever its worker dies of at that moment."""

from datetime import timedelta
from typing import Any, NoReturn

import pytest
from django.db import OperationalError
from django.utils import timezone

from audit.models import AuditEvent
from drives.hosts.errors import HostError, HostTroubled
from jobs import endings, engine, judging, overrides, retrying
from jobs.models import BurninJob, WipeToken
from jobs.tests.badblocks_output import compare_log, write_log
from jobs.tests.bench import HEALTHY, LAST, Bench

pytestmark = pytest.mark.django_db
SICK = {**HEALTHY, "smart_status": {"passed": False}}
LONG_AFTER = 60


class Killed(BaseException):
    """The worker is gone: nothing of ours catches this."""


def killed(*_words: Any, **_named: Any) -> NoReturn:
    raise Killed


def states(job: BurninJob) -> dict[str, str]:
    return {stage.stage_name: str(stage.state) for stage in job.stages.all()}


def finished_entries(job: BurninJob) -> int:
    return AuditEvent.objects.filter(event_type="job.finished", job_id=job.pk).count()


def test_a_worker_killed_after_a_failed_precheck_leaves_nothing_to_be_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.door.smart_answers = [SICK]
    job = bench.start()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(endings, "end_with_stage", killed)
        bench.tick(job)
    job = bench.tick(job, after_s=LONG_AFTER)
    assert (job.state, states(job)["surface_validate"]) == ("failed", "skipped")
    assert bench.door.launched == []
    assert job.error_text
    assert finished_entries(job) == 1


def test_a_worker_killed_after_a_failed_surface_does_not_turn_it_into_unknown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    bench.door.end(stdout="5\n", log=write_log(LAST, "0xaa", errors=(1, 0, 0)))
    job = bench.tick(job)
    bench.door.end(stdout="5\n", log=compare_log(0, 5, errors=(1, 0, 0)))
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(endings, "end_with_stage", killed)
        bench.tick(job)
    job = bench.tick(job, after_s=LONG_AFTER)
    assert (job.state, states(job)["final_check"]) == ("failed", "skipped")
    assert job.verdict["stage"] == "surface_validate"


def test_a_worker_killed_while_it_ends_a_burn_in_leaves_all_of_the_end_to_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("audit.services.record", killed)
        bench.finish_surface(job)
    job.refresh_from_db()
    assert job.state == "running"
    job = bench.tick(job, after_s=LONG_AFTER)
    assert job.state == "passed"
    assert finished_entries(job) == 1


def test_a_database_that_is_locked_for_a_moment_costs_no_verdict(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    with monkeypatch.context() as patch:
        patch.setattr(judging, "judged", _raising(OperationalError("database is locked")))
        job = bench.finish_surface(job)
    assert (job.state, job.crashes) == ("running", 0)
    job = bench.tick(job, after_s=LONG_AFTER)
    assert job.state == "passed"


def test_mistakes_count_only_in_a_row(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    for _ in range(2 * engine.MOST_CRASHES):
        with monkeypatch.context() as patch:
            patch.setattr(bench.door, "probe", _raising(KeyError("x")))
            job = bench.tick(job, after_s=10)
        assert job.crashes == 1
        job = bench.tick(job, after_s=10)
        assert (job.state, job.crashes) == ("running", 0)


def test_who_gives_up_ends_what_works_on_the_host(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    monkeypatch.setattr(bench.door, "probe", _raising(KeyError("x")))
    for _ in range(engine.MOST_CRASHES):
        job = bench.tick(job, after_s=10)
    assert job.state == "unknown"
    assert (bench.door.launched[0]["run_id"], "terminate") in [tuple(one)[:2] for one in bench.door.signals]


def test_an_answer_that_cannot_be_understood_is_waited_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    with monkeypatch.context() as patch:
        patch.setattr(bench.door, "probe", _raising(HostTroubled("nas-1 gave an answer that cannot be understood.")))
        job = bench.tick(job)
    assert job.state == "running"
    assert "cannot be understood" in job.waiting_reason
    assert bench.finish_surface(bench.tick(job, after_s=LONG_AFTER)).state == "passed"


def test_an_old_override_does_not_come_back_with_a_retry(bench: Bench) -> None:
    job = bench.start()
    WipeToken.objects.filter(job=job).update(
        overrides=["filesystem"], accepted_at=timezone.now() - overrides.LIFE - timedelta(minutes=1)
    )
    BurninJob.objects.filter(pk=job.pk).update(state="unknown")
    job.refresh_from_db()
    retrying.retry_job(job=job, actor=bench.person, confirm_serial="ZA1")
    assert WipeToken.objects.get(job=job).overrides == []


def _raising(error: HostError | Exception) -> Any:
    def fail(*_words: Any, **_named: Any) -> NoReturn:
        raise error

    return fail
