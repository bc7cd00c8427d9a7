"""Starting: every drive is judged for itself, and what is refused is refused with a sentence."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from drives.models import Drive
from jobs.models import BurninJob, JobState
from jobs.plans import make_plan
from jobs.refusals import Refusal
from jobs.services import start_jobs
from jobs.tests.bench import Bench, make_drive

HARMLESS: dict[str, Any] = {"run_surface": False, "run_long": False}


def refusal(bench: Bench, confirm: str | None = None, **choices: Any) -> Refusal:
    typed = bench.drive.serial if confirm is None else confirm
    outcome = start_jobs(
        drive_ids=[bench.drive.pk],
        plan=make_plan(**choices),
        confirm={str(bench.drive.pk): typed},
        actor=bench.person,
    )
    assert outcome.jobs == ()
    return outcome.refused[0]


def set_drive(bench: Bench, **values: Any) -> None:
    Drive.objects.filter(pk=bench.drive.pk).update(**values)


def set_host(bench: Bench, **values: Any) -> None:
    for name, value in values.items():
        setattr(bench.drive.host, name, value)
    bench.drive.host.save()


def test_it_freezes_plan_and_identity_and_writes_the_audit(bench: Bench, bob: User) -> None:
    set_drive(bench, wwn="0x5000")
    job = bench.start_plan(make_plan())
    assert (job.state, job.profile, job.operator) == (JobState.QUEUED, "full", bob)
    assert (job.serial, job.wwn, job.size_bytes) == ("ZA1", "0x5000", bench.drive.size_bytes)
    assert [stage.destructive for stage in job.stages.all()] == [False, False, False, True, False]
    event = AuditEvent.objects.get(event_type="job.started")
    assert (event.operator_id, event.drive_serial, event.job_id) == (bob.pk, "ZA1", job.pk)


@pytest.mark.parametrize(("typed", "code"), [("", "not_confirmed"), ("ZA2", "wrong_serial"), ("za1", "wrong_serial")])
def test_it_erases_nothing_without_the_serial_number(bench: Bench, typed: str, code: str) -> None:
    assert refusal(bench, confirm=typed).code == code


def test_it_needs_no_serial_number_where_nothing_is_erased(bench: Bench) -> None:
    outcome = start_jobs(drive_ids=[bench.drive.pk], plan=make_plan(**HARMLESS), confirm={}, actor=bench.person)
    assert len(outcome.jobs) == 1


def test_it_refuses_a_disarmed_host(bench: Bench) -> None:
    set_host(bench, armed=False)
    refused = refusal(bench)
    assert refused.code == "disarmed"
    assert "nas-1 is disarmed" in refused.message


def test_it_refuses_a_drive_in_use_with_the_reasons(bench: Bench) -> None:
    set_drive(bench, in_use=[{"code": "mounted", "message": "/dev/sdb is mounted at /tank."}])
    refused = refusal(bench)
    assert refused.code == "in_use"
    assert "mounted at /tank" in refused.message


def test_it_lets_a_drive_in_use_test_itself(bench: Bench) -> None:
    set_drive(bench, in_use=[{"code": "mounted", "message": "/dev/sdb is mounted at /tank."}])
    outcome = start_jobs(drive_ids=[bench.drive.pk], plan=make_plan(**HARMLESS), confirm={}, actor=bench.person)
    assert len(outcome.jobs) == 1


@pytest.mark.parametrize(
    ("drive", "host", "code"),
    [
        ({"present": False}, {}, "not_present"),
        ({"size_bytes": 0}, {}, "size_zero"),
        ({}, {"ssh_password": ""}, "no_shell"),
        ({}, {"stopped": True, "error": "The key has changed."}, "host_stopped"),
    ],
)
def test_it_refuses_what_cannot_work(bench: Bench, drive: dict[str, Any], host: dict[str, Any], code: str) -> None:
    set_drive(bench, **drive) if drive else set_host(bench, **host)
    assert refusal(bench).code == code


def test_it_refuses_a_drive_that_does_not_exist(bench: Bench) -> None:
    outcome = start_jobs(drive_ids=[9_999], plan=make_plan(), confirm={}, actor=bench.person)
    assert outcome.refused[0].code == "no_such_drive"


def test_a_refused_drive_does_not_hold_up_the_others(bench: Bench) -> None:
    other = make_drive(bench.drive.host, "ZA2", "sdc")
    outcome = start_jobs(
        drive_ids=[bench.drive.pk, other.pk], plan=make_plan(), confirm={str(other.pk): "ZA2"}, actor=bench.person
    )
    assert [job.serial for job in outcome.jobs] == ["ZA2"]
    assert [refused.drive_id for refused in outcome.refused] == [bench.drive.pk]


def test_a_drive_has_one_active_burn_in(bench: Bench) -> None:
    first = bench.start()
    refused = refusal(bench)
    assert refused.code == "already_active"
    assert str(first.pk) in refused.message


def test_the_database_itself_refuses_a_second_active_burn_in(bench: Bench) -> None:
    job = bench.start()
    with pytest.raises(IntegrityError), transaction.atomic():
        BurninJob.objects.create(drive=bench.drive, profile="full", serial="ZA1", size_bytes=1)
    BurninJob.objects.filter(pk=job.pk).update(state=JobState.PASSED)
    assert bench.start().pk != job.pk
