"""The page of one burn-in."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from jobs.models import BurninJob
from jobs.tests.ui import workbench
from jobs.tests.ui.workbench import NOW

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
FINDING = {
    "code": "bad_blocks",
    "severity": "failure",
    "cause": "drive",
    "message": "3 unreadable blocks",
    "data": {"blocks": [881204411, 881204412], "read_errors": 3, "located": True},
}


@pytest.fixture
def viewer(vera: User, sign_in: SignIn) -> Client:
    """Return Vera's browser."""
    return sign_in(vera)


def page(client: Client, job: BurninJob) -> str:
    return client.get(reverse("jobs:job", args=[job.pk])).content.decode()


def make_job(state: str = "running", **values: object) -> BurninJob:
    host = workbench.make_host(simulated=bool(values.get("simulated")))
    return workbench.make_job(workbench.make_drive(host), state, **values)  # type: ignore[arg-type]


def test_it_shows_drive_stages_and_log(viewer: Client) -> None:
    stage = {
        "message": "verify 0x55",
        "bytes_done": 43_400_000_000_000,
        "bytes_total": 96_000_000_000_000,
        "rate_bps": 198e6,
        "attempt": 2,
        "log_text": "Testing with pattern 0x55",
    }
    text = page(viewer, make_job(stage=stage, operator_name="bob"))
    for shown in (
        "ZHZ00001",
        "ST12000NM0008",
        "12.0 TB",
        "bob",
        "Surface · verify 0x55",
        "43.4 of 96.0 TB",
        "198",
        "attempt 2",
        "Testing with pattern 0x55",
    ):
        assert shown in text, shown


def test_findings_come_with_their_numbers(viewer: Client) -> None:
    text = page(viewer, make_job("failed", stage={"findings": [FINDING]}, finished_at=NOW))
    for shown in ("Failure", "3 unreadable blocks", "881204411, 881204412", "read errors"):
        assert shown in text, shown


def test_a_fault_of_the_link_is_not_laid_on_the_drive(viewer: Client) -> None:
    text = page(viewer, make_job("failed", stage={"findings": [{**FINDING, "cause": "link"}]}, finished_at=NOW))
    assert "looks like the link, not the drive" in text


def test_a_verdict_shows_its_proof(viewer: Client) -> None:
    proof = [
        {"label": "Pattern 0xaa", "value": "all blocks, 0 errors", "ok": True},
        {"label": "Pattern 0x55", "value": "not reached", "ok": False},
    ]
    text = page(
        viewer, make_job("failed", stage={"proof": proof}, verdict={"summary": "Not all was proved"}, finished_at=NOW)
    )
    assert "Not all was proved" in text
    assert text.index('data-tone="passed"><b>Pattern 0xaa') < text.index('data-tone="failed"><b>Pattern 0x55')


def test_there_is_no_verdict_while_it_runs(viewer: Client) -> None:
    assert "No verdict yet" in page(viewer, make_job())


def test_a_simulated_drive_says_so(viewer: Client) -> None:
    assert "Simulated drive: this says nothing about a real one." in page(viewer, make_job(simulated=True))


def test_an_unknown_end_blames_nobody(viewer: Client) -> None:
    why = "The host lost power. This is not the drive's fault."
    text = page(viewer, make_job("unknown", error_text=why, finished_at=NOW))
    assert "Unknown: neither good nor bad" in text
    assert "This is not the drive&#x27;s fault." in text


def test_a_stage_that_no_longer_exists_keeps_its_history(viewer: Client) -> None:
    job = make_job("passed", finished_at=NOW + timedelta(hours=1))
    job.stages.filter(position=2).update(stage_name="conveyance_smart")
    assert "Conveyance smart" in page(viewer, job)


def test_the_log_of_a_stage_is_plain_text(viewer: Client) -> None:
    job = make_job(stage={"log_text": "<b>From block 0</b>"})
    answer = viewer.get(reverse("jobs:stage_log", args=[job.pk, 4]))
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == b"<b>From block 0</b>"


def test_a_burnin_that_does_not_exist_is_not_found(viewer: Client) -> None:
    assert viewer.get(reverse("jobs:job", args=[999])).status_code == 404


@pytest.mark.parametrize(
    ("state", "values", "shown"),
    [
        ("queued", {}, {"cancel"}),
        ("running", {}, {"pause", "cancel"}),
        ("running", {"paused_at": NOW, "paused_by": "bob"}, {"continue", "cancel"}),
        ("unknown", {}, {"retry", "again"}),
        ("failed", {}, {"again"}),
    ],
)
def test_it_offers_what_can_be_done_now(
    bob: User, sign_in: SignIn, state: str, values: dict[str, object], shown: set[str]
) -> None:
    text = page(sign_in(bob), make_job(state, **values))
    tags = re.findall(r"<(?:form|button)[^>]*data-own[^>]*>", text)
    offered = {re.findall(r'data-cell="(\w+)"', tag)[0] for tag in tags if " hidden" not in tag}
    assert offered == shown


def test_a_viewer_is_offered_nothing(viewer: Client) -> None:
    text = page(viewer, make_job("unknown"))
    assert "Try again" not in text
    assert "/pause" not in text


def test_a_pause_is_said_in_words(viewer: Client) -> None:
    stage = {"message": "verify 0x55, paused"}
    text = page(viewer, make_job(stage=stage, paused_at=NOW, paused_by="bob"))
    assert "Paused by bob · Surface · verify 0x55<" in text


def test_it_offers_the_host_where_the_drive_is_now_to_who_types_its_serial(bob: User, sign_in: SignIn) -> None:
    job = make_job()
    other = workbench.make_drive(workbench.make_host("oak"), serial=job.serial, size_bytes=job.size_bytes)
    browser, address = sign_in(bob), reverse("jobs:move", args=[job.pk])
    assert "Continue on oak" not in page(browser, job)
    workbench.touch_drive(job.drive, present=False)
    assert "Continue on oak" in page(browser, job)
    assert f'then type <span class="mono">{job.serial}</span>' in page(browser, job)
    refused = browser.post(address, {"drive": other.pk, "serial": "x"}, follow=True).content.decode()
    assert f"may still write to {job.serial}" in refused
    assert browser.post(address, {"drive": other.pk, "serial": job.serial}).status_code == 302
    job.refresh_from_db()
    assert job.drive_id == other.pk


def test_a_refusal_is_said_on_the_page(bob: User, sign_in: SignIn) -> None:
    job, browser = make_job("passed"), sign_in(bob)
    answer = browser.post(reverse("jobs:continue", args=[job.pk]), follow=True)
    assert "cannot be continued" in answer.content.decode()
