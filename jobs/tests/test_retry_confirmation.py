"""A burn-in that erases is tried again only under a confirmation that is fresh: the first one, or one of its own."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from drives.models import Drive, Host
from jobs import confirmations, overrides, refusals, retrying, wipe_tokens
from jobs.models import BurninJob, JobState, Override, WipeToken
from jobs.plans import SURFACE, Plan
from jobs.tests.bench import Bench

SignIn = Callable[[User], Client]
A_MINUTE = timedelta(minutes=1)


def ended(bench: Bench, *, confirmed_before: timedelta = timedelta(hours=9)) -> BurninJob:
    """Return a burn-in that ended unknown after it had launched; it was confirmed so long ago."""
    job = bench.tick(bench.start())
    WipeToken.objects.filter(job=job).update(accepted_at=timezone.now() - confirmed_before)
    return end(bench, job)


def end(bench: Bench, job: BurninJob) -> BurninJob:
    """Have a limit of ours stop it."""
    BurninJob.objects.filter(pk=job.pk).update(stop_reason="Surface stood still.")
    job = bench.tick(job, after_s=60)
    assert job.state == JobState.UNKNOWN
    return job


def token_for(bench: Bench, job: BurninJob, **changes: Any) -> str:
    """Return a token as `burnin/confirm` gives one for a typed serial number."""
    values: dict[str, Any] = {
        "user": bench.person,
        "drives": [bench.drive],
        "plan": retrying.plan_of(job),
        "typed": True,
        "now": timezone.now(),
    }
    return confirmations.issue(**{**values, **changes})


def test_an_old_confirmation_is_not_enough_and_the_sentence_says_what_to_do(bench: Bench) -> None:
    job = ended(bench)
    with pytest.raises(retrying.NotConfirmedAgain, match="more than ten minutes ago.*Type its serial number") as caught:
        retrying.retry_job(job=job, actor=bench.person)
    assert caught.value.code == "not_confirmed"
    job.refresh_from_db()
    assert job.state == JobState.UNKNOWN


@pytest.mark.parametrize("typed", ["ZA2", "za1", "ZA", "sdb", "yes"])
def test_nothing_but_the_serial_number_confirms(bench: Bench, typed: str) -> None:
    with pytest.raises(retrying.NotConfirmedAgain) as caught:
        retrying.retry_job(job=ended(bench), actor=bench.person, confirm_serial=typed)
    assert caught.value.code == "wrong_serial"


def test_the_typed_serial_number_is_a_new_confirmation_which_the_next_launch_spends(bench: Bench) -> None:
    job = ended(bench)
    old = WipeToken.objects.get(job=job)
    carol = User.objects.create_user("carol")
    retrying.retry_job(job=job, actor=carol, confirm_serial=" ZA1 ")
    new = WipeToken.objects.get(job=job)
    assert (new.user_name, new.spent_at) == ("carol", None)
    assert new.token_hash != old.token_hash
    assert new.accepted_at > old.accepted_at
    bench.tick(job)
    assert bench.door.launched[-1]["guard"]["user"] == "carol"
    event = AuditEvent.objects.get(event_type="job.retried")
    assert (event.operator_name, event.data) == ("carol", {"confirmed_again": True})


def test_a_token_confirms_and_is_good_for_once(bench: Bench) -> None:
    job = ended(bench)
    token = token_for(bench, job)
    retrying.retry_job(job=job, actor=bench.person, token=token)
    WipeToken.objects.update(accepted_at=timezone.now() - timedelta(hours=1))
    end(bench, job)
    with pytest.raises(retrying.NotConfirmedAgain) as caught:
        retrying.retry_job(job=job, actor=bench.person, token=token)
    assert caught.value.code == "token_reused"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"now": timezone.now() - timedelta(minutes=11)}, "token_expired"),
        ({"plan": Plan("surface", ("precheck", "surface_validate"), "standard")}, "token_other_plan"),
        ({"drives": []}, "token_other_drive"),
        ({"typed": False}, "not_confirmed"),
        ({"user": User(pk=999)}, "token_other_user"),
    ],
)
def test_a_token_of_something_else_confirms_nothing(bench: Bench, changes: dict[str, Any], code: str) -> None:
    job = ended(bench)
    with pytest.raises(retrying.NotConfirmedAgain) as caught:
        retrying.retry_job(job=job, actor=bench.person, token=token_for(bench, job, **changes))
    assert caught.value.code == code


def test_a_fresh_first_confirmation_is_enough_and_stays(bench: Bench) -> None:
    job = ended(bench, confirmed_before=confirmations.LIFE - A_MINUTE)
    before = WipeToken.objects.values().get(job=job)
    retrying.retry_job(job=job, actor=bench.person)
    assert WipeToken.objects.values().get(job=job) == before


def test_a_wrong_serial_number_is_refused_also_where_none_was_needed(bench: Bench) -> None:
    job = ended(bench, confirmed_before=timedelta(0))
    with pytest.raises(retrying.NotConfirmedAgain):
        retrying.retry_job(job=job, actor=bench.person, confirm_serial="ZA2")


def test_a_clock_that_was_set_back_makes_no_confirmation_young(bench: Bench) -> None:
    with pytest.raises(retrying.NotConfirmedAgain):
        retrying.retry_job(job=ended(bench, confirmed_before=-timedelta(hours=1)), actor=bench.person)


def test_a_missing_confirmation_is_an_old_one(bench: Bench) -> None:
    job = ended(bench)
    WipeToken.objects.all().delete()
    with pytest.raises(retrying.NotConfirmedAgain):
        retrying.retry_job(job=job, actor=bench.person)
    retrying.retry_job(job=job, actor=bench.person, confirm_serial="ZA1")
    assert wipe_tokens.is_old(job, now=timezone.now()) is False


def test_what_erases_nothing_needs_none(bench: Bench) -> None:
    job = bench.start(run_surface=False, run_short=True)
    end(bench, job)
    assert not retrying.needs_confirmation(job)
    retrying.retry_job(job=job, actor=bench.person)


def test_a_new_confirmation_does_not_make_an_old_override_young(bench: Bench) -> None:
    job = ended(bench)
    now = timezone.now()
    given = {"serial": "ZA1", "size_bytes": bench.drive.size_bytes, "created_at": now, "expires_at": now}
    used = Override.objects.create(drive=bench.drive, codes=["filesystem"], job=job, used_at=now, **given)
    WipeToken.objects.update(overrides=["filesystem"])
    retrying.retry_job(job=job, actor=bench.person, confirm_serial="ZA1")
    assert WipeToken.objects.get(job=job).overrides == ["filesystem"]
    Override.objects.filter(pk=used.pk).update(used_at=now - overrides.LIFE - A_MINUTE)
    end(bench, job)
    retrying.retry_job(job=job, actor=bench.person)
    assert WipeToken.objects.get(job=job).overrides == []


def post(bench: Bench, sign_in: SignIn, job: BurninJob, body: object) -> Any:
    return sign_in(bench.person).post(f"/api/v1/burnin/{job.pk}/retry", body, content_type="application/json")


def test_the_api_asks_for_it_and_takes_it(bench: Bench, sign_in: SignIn) -> None:
    job = ended(bench)
    for body, status, code in (
        ({}, 409, "not_confirmed"),
        ({"confirm_serial": "ZA2"}, 409, "wrong_serial"),
        ({"token": "x"}, 409, "token_unknown"),
        ({"serial": "ZA1"}, 422, "invalid"),
        (["ZA1"], 422, "invalid"),
        ({"confirm_serial": {"a": 1}}, 422, "invalid"),
    ):
        answer = post(bench, sign_in, job, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert post(bench, sign_in, job, {"confirm_serial": "ZA1"}).json()["state"] == "queued"


def test_the_api_takes_the_token_that_it_gave(bench: Bench, sign_in: SignIn) -> None:
    job = ended(bench)
    given, _ = refusals.confirm(
        drive_ids=[bench.drive.pk], plan=retrying.plan_of(job), typed={str(bench.drive.pk): "ZA1"}, actor=bench.person
    )
    assert post(bench, sign_in, job, {"token": given[0]["token"]}).status_code == 200


def test_the_dialog_asks_for_the_serial_number_only_when_it_must(bench: Bench, sign_in: SignIn) -> None:
    job = ended(bench)
    address = reverse("jobs:retry_ask", args=[job.pk])
    client = sign_in(bench.person)
    assert 'name="serial"' in client.get(address).content.decode()
    WipeToken.objects.update(accepted_at=timezone.now())
    assert 'name="serial"' not in client.get(address).content.decode()
    assert client.post(address).status_code == 204


def test_the_dialog_keeps_what_was_typed_and_says_what_is_wrong(bench: Bench, sign_in: SignIn) -> None:
    job = ended(bench)
    address, client = reverse("jobs:retry_ask", args=[job.pk]), sign_in(bench.person)
    token = token_for(bench, job, typed=False, plan=None)
    for sent, shown in (
        ({"serial": "ZA2", "token": token}, "“ZA2” is not the serial number of sdb"),
        ({"serial": "ZA1"}, "Nothing was confirmed"),
        ({"token": token}, "Nothing was typed for the serial number of sdb"),
    ):
        answer = client.post(address, sent)
        assert (answer.status_code, shown in answer.content.decode()) == (422, True), sent
    assert 'value="ZA2"' in client.post(address, {"serial": "ZA2", "token": token}).content.decode()
    assert client.post(address, {"serial": "ZA1", "token": token}).status_code == 204


def test_the_dialog_of_another_drive_in_the_bay_says_so(bench: Bench, sign_in: SignIn) -> None:
    job = ended(bench)
    Drive.objects.filter(pk=bench.drive.pk).update(size_bytes=5)
    text = sign_in(bench.person).get(reverse("jobs:retry_ask", args=[job.pk])).content.decode()
    assert "no longer the drive that was confirmed" in text


def test_a_viewer_gets_no_dialog_and_a_stranger_page_cannot_post(bench: Bench, vera: User, sign_in: SignIn) -> None:
    address = reverse("jobs:retry_ask", args=[ended(bench).pk])
    assert sign_in(vera).get(address).status_code == 403
    assert sign_in(vera).post(address, {"serial": "ZA1"}).status_code == 403
    client = Client(enforce_csrf_checks=True)
    client.force_login(bench.person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address, {"serial": "ZA1"}).status_code == 403


@pytest.mark.parametrize("serial", ["", " ", "ZA2", "za1", "ZA1 ZA1"])
def test_the_dialog_says_once_why_it_asks_and_has_the_field_ready(bench: Bench, sign_in: SignIn, serial: str) -> None:
    job = ended(bench)
    sent = {"serial": serial, "token": token_for(bench, job, typed=False, plan=None)}
    text = sign_in(bench.person).post(reverse("jobs:retry_ask", args=[job.pk]), sent).content.decode()
    assert text.count("more than ten minutes ago") == 1
    assert len(re.findall("[Ee]verything on", text)) == 1
    assert len(re.findall("Type (the|its) serial number", text)) == 1
    assert text.count("autofocus") == 1
    assert "autofocus" in next(line for line in text.splitlines() if 'name="serial"' in line)


@pytest.mark.parametrize(
    ("surface", "others", "goes_on", "kept"),
    [
        ({"state": "unknown", "bytes_done": 5}, {}, True, False),
        ({"state": "unknown", "bytes_done": 5}, {"state": "passed"}, True, True),
        ({"state": "unknown", "bytes_done": 0}, {"state": "passed"}, False, True),
        ({"state": "pending", "bytes_done": 0}, {}, False, False),
        ({"state": "pending", "bytes_done": 0}, {"state": "passed"}, False, True),
        ({"state": "passed", "bytes_done": 5}, {}, False, True),
    ],
)
def test_the_dialog_promises_only_what_another_attempt_keeps(
    bench: Bench,
    sign_in: SignIn,
    surface: dict[str, object],
    others: dict[str, object],
    *,
    goes_on: bool,
    kept: bool,
) -> None:
    job = ended(bench)
    job.stages.update(state="pending", bytes_done=0)
    job.stages.exclude(stage_name=SURFACE).update(**others or {"state": "pending"})
    job.stages.filter(stage_name=SURFACE).update(**surface)
    text = sign_in(bench.person).get(reverse("jobs:retry_ask", args=[job.pk])).content.decode()
    assert ("The surface goes on where it was" in text, "What passed is kept" in text) == (goes_on, kept)


@pytest.mark.parametrize("simulated", [True, False])
def test_the_dialog_says_whether_the_host_is_simulated(bench: Bench, sign_in: SignIn, *, simulated: bool) -> None:
    job = ended(bench)
    Host.objects.update(simulated=simulated)
    text = sign_in(bench.person).get(reverse("jobs:retry_ask", args=[job.pk])).content.decode()
    assert ("· simulated" in text) == simulated


def test_a_cancellation_that_came_too_late_does_not_end_the_next_attempt(bench: Bench) -> None:
    job = ended(bench, confirmed_before=timedelta(0))
    BurninJob.objects.filter(pk=job.pk).update(cancel_requested_at=timezone.now(), cancelled_by="bob")
    retrying.retry_job(job=job, actor=bench.person)
    job.refresh_from_db()
    assert (job.state, job.cancel_requested_at, job.cancelled_by) == (JobState.QUEUED, None, "")
