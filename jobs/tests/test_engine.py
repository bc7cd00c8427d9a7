"""The engine advances a job step by step, and survives what happens between the steps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audit.models import AuditEvent
from drives.hosts.connect import HostStopped
from drives.hosts.errors import HostKeyChanged, HostUnreachable, ToolMissing
from jobs import leases, services
from jobs.models import BurninJob, JobState, StageState
from jobs.plans import make_plan
from jobs.tests.badblocks_output import compare_log, write_log
from jobs.tests.bench import HEALTHY, LAST, SIZE, Bench, make_drive


def test_a_burn_in_goes_through_its_stages_and_passes(bench: Bench) -> None:
    job = bench.tick(bench.start())
    assert job.state == JobState.RUNNING
    assert job.stage_name == "surface_validate"
    job = bench.finish_surface(job)
    assert job.state == JobState.PASSED
    assert job.percent == 100
    assert [stage.state for stage in job.stages.all()] == [StageState.PASSED] * 3
    assert {line["label"] for line in job.verdict["proof"]} >= {"Pattern 0xaa", "Identity"}
    assert AuditEvent.objects.filter(event_type="job.finished", job_id=job.pk).count() == 1


def test_stages_run_in_the_chosen_order(bench: Bench) -> None:
    order = ["surface_validate", "short_smart"]
    job = bench.start_plan(make_plan(run_long=False, stage_order=order))
    assert [stage.stage_name for stage in job.stages.all()] == ["precheck", *order, "final_check"]
    assert bench.tick(job).stage_name == "surface_validate"


def test_a_bad_drive_fails_and_nothing_runs_after_it(bench: Bench) -> None:
    sick = {**HEALTHY, "smart_status": {"passed": False}}
    bench.door.smart_answers = [sick]
    job = bench.tick(bench.start())
    assert job.state == JobState.FAILED
    assert "failing" in job.error_text
    assert bench.stage(job).state == StageState.SKIPPED
    assert bench.door.launched == []


def test_a_counter_that_rose_during_the_burn_in_fails_the_drive(bench: Bench) -> None:
    job = bench.tick(bench.start())
    risen = {"ata_smart_attributes": {"table": [{"id": 197, "raw": {"value": 8, "string": "8"}}]}}
    bench.door.smart_answers = [{**HEALTHY, **risen}]
    job = bench.finish_surface(job)
    assert job.state == JobState.FAILED
    assert "8 sectors wait" in job.error_text


def test_a_verdict_keeps_what_every_rule_said(bench: Bench) -> None:
    job = bench.finish_surface(bench.tick(bench.start()))
    rules = {rule["rule"]: rule for rule in job.verdict["rules"]}
    assert job.verdict["policy"] == "new"
    assert rules["surface_coverage"]["outcome"] == "clear"
    assert rules["smart_pending"]["outcome"] == "clear"
    assert rules["smart_grown_defects"]["outcome"] == "not_applicable"


def test_also_a_burn_in_that_failed_early_is_judged_by_every_rule(bench: Bench) -> None:
    job = bench.tick(bench.start())
    bench.door.end(stdout="5\n", log=write_log(LAST, "0xaa", errors=(1, 0, 0)))
    job = bench.tick(job)
    bench.door.end(stdout="5\n", log=compare_log(0, 5, errors=(1, 0, 0)))
    job = bench.tick(job)
    assert job.state == JobState.FAILED
    rules = {rule["rule"]: rule for rule in job.verdict["rules"]}
    assert (rules["surface_errors"]["outcome"], rules["surface_errors"]["severity"]) == ("fired", "failure")
    assert rules["smart_pending"]["outcome"] == "not_applicable"


def test_the_drives_own_count_of_bytes_written_is_held_against_the_claim(bench: Bench) -> None:
    bench.door.smart_answers = [counting(0)]
    job = bench.tick(bench.start())
    bench.door.smart_answers = [counting(4 * SIZE // 512)]
    job = bench.finish_surface(job)
    assert {"label": "Writes attested by the drive", "ok": True}.items() <= bench.stage(job, "final_check").proof[
        1
    ].items()
    assert job.state == JobState.PASSED


def test_writes_that_the_drive_never_saw_are_a_finding_and_no_pass_without_it(bench: Bench) -> None:
    bench.door.smart_answers = [counting(0)]
    job = bench.tick(bench.start())
    bench.door.smart_answers = [counting(SIZE // 512)]
    job = bench.finish_surface(job)
    finding = bench.stage(job, "final_check").findings[0]
    assert (finding["code"], finding["severity"], finding["cause"]) == ("attested_writes", "warning", "host")
    assert finding["data"]["counted_bytes"] == SIZE


def test_a_worker_that_dies_after_the_launch_leaves_a_run_that_the_next_adopts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.start()
    launch = bench.door.launch

    def launch_and_die(**words: Any) -> dict[str, Any]:
        launch(**words)
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.door, "launch", launch_and_die)
    with pytest.raises(KeyboardInterrupt):
        bench.tick(job)
    monkeypatch.setattr(bench.door, "launch", launch)
    job = bench.finish_surface(bench.tick(job))
    assert job.state == JobState.PASSED
    assert len(bench.door.launched) == 4


def test_a_job_that_another_worker_holds_is_left_alone(bench: Bench) -> None:
    job = bench.start()
    assert leases.take(job.pk, bench.now)
    assert bench.tick(job).state == JobState.QUEUED
    assert bench.tick(job, after_s=60).state == JobState.RUNNING


def test_a_worker_that_slept_too_long_stores_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    bench.end_pattern("0xaa")
    probe = bench.door.probe

    def probe_while_another_takes_over(**words: Any) -> dict[str, Any]:
        BurninJob.objects.filter(pk=job.pk).update(lease_token="somebody else")
        return probe(**words)

    monkeypatch.setattr(bench.door, "probe", probe_while_another_takes_over)
    bench.tick(job)
    assert bench.stage(job).data["index"] == 0


def test_a_host_that_is_away_keeps_the_burn_in_waiting_with_a_sentence(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    probe = bench.door.probe
    monkeypatch.setattr(bench.door, "probe", failing(HostUnreachable("nas-1 does not answer.")))
    job = bench.tick(job)
    assert job.state == JobState.RUNNING
    assert job.waiting_reason == "nas-1 does not answer."
    since = job.waiting_since
    assert bench.tick(job, after_s=3 * 3600).waiting_since == since
    monkeypatch.setattr(bench.door, "probe", probe)
    job = bench.tick(job)
    assert job.waiting_since is None
    assert bench.finish_surface(job).state == JobState.PASSED


def test_a_changed_host_key_waits_for_an_admin_and_loses_no_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    monkeypatch.setattr(bench.door, "probe", failing(HostKeyChanged("The key of nas-1 has changed.")))
    job = bench.tick(job)
    assert job.state == JobState.RUNNING
    assert job.waiting_reason == "The key of nas-1 has changed."


def test_a_stopped_host_keeps_its_burn_ins_until_an_admin_has_looked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    with monkeypatch.context() as patch:
        patch.setattr(bench.door, "probe", failing(HostStopped("Work on nas-1 is stopped: its key has changed.")))
        job = bench.tick(job)
    assert (job.state, job.waiting_reason) == (JobState.RUNNING, "Work on nas-1 is stopped: its key has changed.")
    assert bench.finish_surface(bench.tick(job, after_s=60)).state == JobState.PASSED


def test_a_missing_tool_ends_unknown_with_the_sentence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.start()
    monkeypatch.setattr(bench.door, "hello", failing(ToolMissing("python3 was not found on nas-1.")))
    job = bench.tick(job)
    assert job.state == JobState.UNKNOWN
    assert job.error_text == "python3 was not found on nas-1."


def test_a_bug_of_ours_is_never_the_drives_fault(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bench.tick(bench.start())
    monkeypatch.setattr(bench.door, "probe", failing(KeyError("surprise")))
    for _ in range(2):
        assert bench.tick(job, after_s=10).state == JobState.RUNNING
    job = bench.tick(job, after_s=10)
    assert job.state == JobState.UNKNOWN
    assert "not the drive's fault" in job.error_text
    assert "surprise" not in job.error_text


def test_cancelling_a_running_job_ends_the_process_first(bench: Bench) -> None:
    job = bench.tick(bench.start())
    services.cancel_job(job=job, actor=bench.person)
    job = bench.tick(job)
    assert job.state == JobState.CANCELLED
    assert bench.door.signals[0] == (bench.door.launched[0]["run_id"], "terminate")
    assert bench.stage(job).state == StageState.CANCELLED
    assert bench.stage(job, "final_check").state == StageState.SKIPPED


def test_a_running_job_is_not_called_cancelled_while_its_host_is_away(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.tick(bench.start())
    services.cancel_job(job=job, actor=bench.person)
    monkeypatch.setattr(bench.door, "signal", failing(HostUnreachable("nas-1 does not answer.")))
    assert bench.tick(job).state == JobState.RUNNING


def test_a_queued_job_is_cancelled_at_once(bench: Bench) -> None:
    job = bench.start()
    services.cancel_job(job=job, actor=bench.person)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert bench.tick(job).state == JobState.CANCELLED
    assert bench.door.launched == []


def test_a_finished_job_cannot_be_cancelled(bench: Bench) -> None:
    job = bench.finish_surface(bench.tick(bench.start()))
    with pytest.raises(services.JobOver, match="already ended: passed"):
        services.cancel_job(job=job, actor=bench.person)


def test_a_job_stopped_by_a_limit_of_ours_ends_unknown(bench: Bench) -> None:
    job = bench.tick(bench.start())
    BurninJob.objects.filter(pk=job.pk).update(stop_reason="Stopped after 24 hours.")
    job = bench.tick(job)
    assert (job.state, job.error_text) == (JobState.UNKNOWN, "Stopped after 24 hours.")
    assert bench.door.signals


def test_jobs_wait_for_a_slot_in_the_order_they_came(bench: Bench) -> None:
    host = bench.drive.host
    drives = [bench.drive, make_drive(host, "ZA2", "sdc"), make_drive(host, "ZA3", "sdd")]
    bench.door.disks = [{**bench.door.disks[0], "serial": drive.serial} for drive in drives]
    jobs = [Bench(drive, bench.person, bench.door).start() for drive in drives]
    states = [bench.tick(job).state for job in reversed(jobs)]
    assert states == [JobState.QUEUED, JobState.RUNNING, JobState.RUNNING]
    services.cancel_job(job=jobs[0], actor=bench.person)
    bench.tick(jobs[0])
    assert bench.tick(jobs[2]).state == JobState.RUNNING


def test_a_tick_of_a_finished_job_does_nothing(bench: Bench) -> None:
    job = bench.finish_surface(bench.tick(bench.start()))
    ended = job.finished_at
    assert bench.tick(job, after_s=timedelta(days=1).total_seconds()).finished_at == ended


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_words: Any, **_more: Any) -> Any:
        raise error

    return fail


def counting(sectors: int) -> dict[str, Any]:
    """Return SMART data of a drive that has written this many sectors in its life."""
    table = [{"name": "Logical Sectors Written", "value": sectors}]
    return {**HEALTHY, "ata_device_statistics": {"pages": [{"table": table}]}}
