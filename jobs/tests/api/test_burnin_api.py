"""Burn-ins by API: started drive by drive, watched, cancelled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from drives.models import Drive, Host
from jobs.models import BurninJob, BurninStage
from settingsapp import services as settings_services

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(bob: User, sign_in: Any) -> Client:
    """Return Bob's client."""
    found: Client = sign_in(bob)
    return found


@pytest.fixture
def drive() -> Drive:
    """Return a drive on an armed host."""
    host = Host.objects.create(name="nas-1", armed=True, ssh_host="10.0.0.5", ssh_password="x", reachable=True)
    return Drive.objects.create(host=host, serial="ZA1", devname="sda", size_bytes=12_000_138_625_024)


def start(client: Client, *drives: int, **more: Any) -> Any:
    sent = {"drive_ids": drives, **more}
    return client.post("/api/v1/burnin/start", data=sent, content_type="application/json")


def confirmed(drive: Drive) -> dict[str, Any]:
    return {"confirm": {str(drive.pk): drive.serial}}


def test_a_confirmed_drive_is_queued(client: Client, bob: User, drive: Drive) -> None:
    answer = start(client, drive.pk, **confirmed(drive))
    assert answer.status_code == 201
    job = BurninJob.objects.get()
    assert answer.json() == {"jobs": [{"id": job.pk, "drive_id": drive.pk, "state": "queued"}], "refused": []}
    assert job.operator == bob


def test_the_tests_that_were_not_wanted_are_not_planned(client: Client, drive: Drive) -> None:
    start(client, drive.pk, run_surface=False, run_long=False)
    job = BurninJob.objects.get()
    assert job.profile == "short"
    assert not job.stages.filter(destructive=True).exists()


@pytest.mark.parametrize(
    ("sent", "plan"),
    [
        ({}, "standard"),
        ({"plan": None}, "standard"),
        ({"plan": "classic"}, "classic"),
        ({"plan": "classic", "run_surface": False}, ""),
    ],
)
def test_the_plan_of_the_surface_is_chosen_or_the_default_and_shown(
    client: Client, drive: Drive, sent: dict[str, Any], plan: str
) -> None:
    answer = start(client, drive.pk, **sent, **confirmed(drive))
    job = client.get(f"/api/v1/burnin/{answer.json()['jobs'][0]['id']}").json()
    assert job["plan"] == plan


def test_the_default_plan_is_a_setting(client: Client, drive: Drive, alice: User) -> None:
    settings_services.change(key="default_plan", text="classic", actor=alice)
    start(client, drive.pk, **confirmed(drive))
    assert BurninJob.objects.get().plan == "classic"


@pytest.mark.parametrize("plan", ["fast", "", 7, ["classic"]])
def test_a_plan_that_does_not_exist_is_refused_with_a_sentence(client: Client, drive: Drive, plan: Any) -> None:
    answer = start(client, drive.pk, plan=plan, **confirmed(drive))
    assert answer.status_code in (400, 422)
    assert answer.json()["error"].endswith(".")
    assert not BurninJob.objects.exists()


@pytest.mark.parametrize("confirm", [{}, {"confirm": {}}, {"confirm": {"1": "za1x"}}])
def test_nothing_is_erased_without_the_serial(client: Client, drive: Drive, confirm: dict[str, Any]) -> None:
    answer = start(client, drive.pk, **confirm)
    body = answer.json()
    assert answer.status_code == 409
    assert set(body) == {"jobs", "refused", "error", "code", "detail"}
    assert body["jobs"] == []
    assert body["refused"][0]["drive_id"] == drive.pk
    assert body["code"] == body["refused"][0]["code"]
    assert body["error"] == body["refused"][0]["message"]
    assert not BurninJob.objects.exists()


def test_a_refused_drive_does_not_hold_up_the_others(client: Client, drive: Drive) -> None:
    answer = start(client, drive.pk, 999, **confirmed(drive))
    assert answer.status_code == 201
    assert [job["drive_id"] for job in answer.json()["jobs"]] == [drive.pk]
    assert [refusal["drive_id"] for refusal in answer.json()["refused"]] == [999]


def test_several_refusals_of_one_kind_share_their_code(client: Client) -> None:
    body = start(client, 998, 999, run_surface=False).json()
    assert (body["code"], body["detail"]) == ("no_such_drive", {"count": 2})


@pytest.mark.parametrize(
    "wish",
    [
        {"run_surface": False, "run_short": False, "run_long": False},
        {"stage_order": ["short_smart"]},
        {"stage_order": ["format_it"]},
        {"profile": "turbo"},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(client: Client, drive: Drive, wish: dict[str, Any]) -> None:
    answer = start(client, drive.pk, **wish, **confirmed(drive))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_plan")
    assert not BurninJob.objects.exists()


def test_the_real_person_counts_and_not_a_name_that_was_sent(client: Client, drive: Drive) -> None:
    start(client, drive.pk, operator="the boss", **confirmed(drive))
    assert BurninJob.objects.get().operator_name == "bob"


def test_a_burn_in_is_shown_with_its_stages_in_order(client: Client, drive: Drive) -> None:
    job = BurninJob.objects.create(drive=drive, profile="full", state="failed", serial="ZA1", size_bytes=1)
    finding = {"code": "bad_blocks", "severity": "failed", "message": "3 bad blocks.", "data": {"count": 3}}
    for position, name in ((2, "surface_validate"), (1, "precheck")):
        BurninStage.objects.create(
            job=job, position=position, stage_name=name, findings=[finding], log_text="secret log"
        )
    shown = client.get(f"/api/v1/burnin/{job.pk}").json()
    assert (shown["drive"], shown["state"], shown["operator"]) == (drive.pk, "failed", "")
    assert [stage["name"] for stage in shown["stages"]] == ["precheck", "surface_validate"]
    assert shown["stages"][0]["findings"] == [finding]
    assert set(shown["stages"][0]) == {
        "name",
        "state",
        "percent",
        "bytes_done",
        "bytes_total",
        "rate_bps",
        "eta_at",
        "attempt",
        "started_at",
        "finished_at",
        "error_text",
        "bad_blocks",
        "findings",
    }


def test_a_queued_burn_in_is_cancelled_and_a_finished_one_is_not(client: Client, drive: Drive) -> None:
    job = start(client, drive.pk, **confirmed(drive)).json()["jobs"][0]["id"]
    answer = client.post(f"/api/v1/burnin/{job}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    answer = client.post(f"/api/v1/burnin/{job}/cancel")
    assert answer.status_code == 409
    assert "already ended" in answer.json()["error"]


def test_burn_ins_are_listed_by_state_and_drive(client: Client, drive: Drive) -> None:
    for state in ("passed", "failed", "running"):
        BurninJob.objects.create(drive=drive, profile="full", state=state, serial="ZA1", size_bytes=1)
    found = client.get("/api/v1/burnin", {"state": "failed", "drive": str(drive.pk)}).json()
    assert [job["state"] for job in found["results"]] == ["failed"]
    assert client.get("/api/v1/burnin").json()["count"] == 3
    assert client.get("/api/v1/burnin", {"drive": 999}).json()["count"] == 0
    assert client.get("/api/v1/burnin", {"state": "great"}).status_code == 422


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_costs_the_same_queries_however_long(
    client: Client, drive: Drive, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        job = BurninJob.objects.create(drive=drive, profile="full", state="passed", serial="ZA1", size_bytes=1)
        BurninStage.objects.create(job=job, position=1, stage_name="precheck")
    with django_assert_num_queries(6):  # session, person, role, count, jobs, stages
        assert client.get("/api/v1/burnin").json()["count"] == count


def test_temperatures_come_with_the_limits_that_hold_for_the_drive(client: Client, drive: Drive) -> None:
    start(client, drive.pk, **confirmed(drive))
    job = BurninJob.objects.get()
    job.stages.filter(stage_name="precheck").update(data={"smart": {"temperature_limit": 50}})
    for minute, celsius in ((0, 38), (1, 39)):
        at = datetime(2026, 11, 23, 12, minute, tzinfo=UTC)
        job.temperatures.create(at=at, celsius=celsius, stage_name="surface_validate")
    assert client.get(f"/api/v1/burnin/{job.pk}/temperatures").json() == {
        "job": job.pk,
        "critical_c": 50,
        "pause_at_c": 47,
        "continue_at_c": 42,
        "cooling_since": None,
        "samples": [
            {"at": "2026-11-23T12:00:00Z", "celsius": 38, "stage": "surface_validate"},
            {"at": "2026-11-23T12:01:00Z", "celsius": 39, "stage": "surface_validate"},
        ],
    }


def confirm(client: Client, drive: Drive, **more: Any) -> Any:
    sent = {"drive_ids": [drive.pk], **confirmed(drive), **more}
    return client.post("/api/v1/burnin/confirm", data=sent, content_type="application/json")


def tokens_of(answer: Any) -> dict[str, str]:
    return {str(row["drive_id"]): row["token"] for row in answer.json()["tokens"]}


def test_a_token_of_a_confirmation_starts_the_burn_in_once(client: Client, drive: Drive) -> None:
    tokens = tokens_of(confirm(client, drive))
    first = start(client, drive.pk, tokens=tokens)
    assert first.status_code == 201
    client.post(f"/api/v1/burnin/{first.json()['jobs'][0]['id']}/cancel")
    again = start(client, drive.pk, tokens=tokens)
    assert (again.status_code, again.json()["code"]) == (409, "token_reused")
    assert BurninJob.objects.count() == 1


def test_a_token_is_for_the_plan_that_was_confirmed(client: Client, drive: Drive) -> None:
    tokens = tokens_of(confirm(client, drive, run_long=False))
    assert start(client, drive.pk, tokens=tokens).json()["code"] == "token_other_plan"
    assert start(client, drive.pk, tokens=tokens, run_long=False).status_code == 201


def test_a_token_does_not_outlive_ten_minutes(client: Client, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = tokens_of(confirm(client, drive))
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = start(client, drive.pk, tokens=tokens)
    assert (answer.status_code, answer.json()["code"]) == (409, "token_expired")
    assert not BurninJob.objects.exists()


def test_a_bad_token_is_not_saved_by_a_typed_serial(client: Client, drive: Drive) -> None:
    answer = start(client, drive.pk, tokens={str(drive.pk): "nonsense"}, **confirmed(drive))
    assert (answer.status_code, answer.json()["code"]) == (409, "token_unknown")


def test_a_confirmation_needs_the_serial_and_an_armed_host(client: Client, drive: Drive) -> None:
    assert confirm(client, drive, confirm={}).json()["code"] == "not_confirmed"
    Host.objects.update(armed=False)
    assert confirm(client, drive).json()["code"] == "disarmed"


def test_a_confirmation_has_no_field_for_tokens(client: Client, drive: Drive) -> None:
    assert confirm(client, drive, tokens={}).status_code == 422
