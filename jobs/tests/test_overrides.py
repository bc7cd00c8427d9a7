"""What a drive still carries may be erased when an admin says so: this drive, once, with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from drives.models import Drive
from jobs import overrides
from jobs.board.drive_row import blocked_reason
from jobs.models import BurninJob, Override
from jobs.overrides import NotAnAdmin, OverrideRefused
from jobs.plans import make_plan
from jobs.services import start_jobs
from jobs.tests.bench import Bench, bench

__all__ = ["bench"]

EXT4 = {"code": "filesystem", "message": "/dev/sdb carries a file system (ext4)."}
GPT = {"code": "partition_table", "message": "/dev/sdb carries a partition table (gpt)."}
MOUNTED = {"code": "mounted", "message": "/dev/sdb is mounted at /mnt/tank."}
REASON = "Returned by the lab, copied to nas-2."


@pytest.fixture
def used(bench: Bench) -> Drive:
    """Return the bench's drive, with an old file system on it."""
    carry(bench, EXT4)
    return bench.drive


def carry(bench: Bench, *reasons: dict[str, str]) -> None:
    bench.drive.in_use = list(reasons)
    bench.drive.save()
    bench.door.disks[0]["in_use"] = list(reasons)


def grant(drive: Drive, actor: User, **changes: Any) -> Override:
    how: dict[str, Any] = {"codes": ["filesystem"], "serial": drive.serial, "reason": REASON, **changes}
    return overrides.grant(drive=drive, actor=actor, **how)


def try_start(bench: Bench) -> Any:
    confirm = {str(bench.drive.pk): bench.drive.serial}
    plan = make_plan(run_short=False, run_long=False)
    return start_jobs(drive_ids=[bench.drive.pk], plan=plan, confirm=confirm, actor=bench.person)


def test_what_is_overridden_reaches_the_guard_of_the_host(bench: Bench, used: Drive, alice: User) -> None:
    refused = try_start(bench).refused[0]
    assert (refused.code, "An admin can override this." in refused.message) == ("needs_override", True)
    made = grant(used, alice)
    job = try_start(bench).jobs[0]
    bench.tick(job)
    assert bench.door.launched[0]["guard"]["overrides"] == ["filesystem"]
    made.refresh_from_db()
    assert made.job == job


def test_it_is_audited_with_reason_before_and_after(bench: Bench, used: Drive, alice: User) -> None:
    carry(bench, EXT4, GPT)
    grant(used, alice)
    event = AuditEvent.objects.get(event_type="drive.overridden")
    assert (event.operator, event.drive_serial, event.note) == (alice, "ZA1", REASON)
    assert event.data["refused_for"] == {"from": ["filesystem", "partition_table"], "to": ["partition_table"]}


def test_it_is_good_for_one_burn_in(bench: Bench, used: Drive, alice: User) -> None:
    grant(used, alice)
    job = try_start(bench).jobs[0]
    BurninJob.objects.filter(pk=job.pk).update(state="cancelled")
    assert try_start(bench).refused[0].code == "needs_override"


def test_it_expires(bench: Bench, used: Drive, alice: User) -> None:
    made = grant(used, alice)
    assert made.expires_at - made.created_at == timedelta(hours=24)
    Override.objects.update(expires_at=timezone.now())
    assert try_start(bench).refused[0].code == "needs_override"


@pytest.mark.parametrize("change", [{"serial": "ZA2"}, {"wwn": "0x5000c50000000009"}, {"size_bytes": 4096}])
def test_it_is_for_that_drive_only(bench: Bench, used: Drive, alice: User, change: dict[str, Any]) -> None:
    grant(used, alice)
    Drive.objects.filter(pk=used.pk).update(**change)
    bench.drive.refresh_from_db()
    assert try_start(bench).refused[0].code == "needs_override"


def test_what_was_not_named_still_stands(bench: Bench, used: Drive, alice: User) -> None:
    carry(bench, EXT4, GPT)
    grant(used, alice)
    refused = try_start(bench).refused[0]
    assert refused.code == "needs_override"
    assert "partition table" in refused.message
    assert "file system" not in refused.message


def test_what_is_in_use_is_refused_all_the_same(bench: Bench, used: Drive, alice: User) -> None:
    grant(used, alice)
    carry(bench, EXT4, MOUNTED)
    assert try_start(bench).refused[0].code == "in_use"


def test_a_newer_override_replaces_the_older(bench: Bench, used: Drive, alice: User) -> None:
    carry(bench, EXT4, GPT)
    grant(used, alice)
    grant(used, alice, codes=["filesystem", "partition_table"])
    assert len(try_start(bench).jobs) == 1


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"codes": ["mounted"]}, "never be overridden"),
        ({"codes": ["undetermined"]}, "never be overridden"),
        ({"codes": ["zfs_label"]}, "is not refused for"),
        ({"codes": []}, "Nothing was chosen"),
        ({"serial": "ZA2"}, "Type the serial number"),
        ({"serial": ""}, "Type the serial number"),
        ({"reason": "  ok  "}, "Give a reason"),
    ],
)
def test_it_is_refused_with_a_sentence(used: Drive, alice: User, changes: dict[str, Any], word: str) -> None:
    with pytest.raises(OverrideRefused, match=word):
        grant(used, alice, **changes)
    assert not Override.objects.exists()


def test_an_operator_cannot_override(used: Drive, bob: User) -> None:
    with pytest.raises(NotAnAdmin):
        grant(used, bob)


def test_the_dialog_says_what_is_carried_and_lets_an_admin_override(
    used: Drive, alice: User, bob: User, sign_in: Any
) -> None:
    address, override = f"{reverse('jobs:start')}?drive={used.pk}", reverse("jobs:override", args=[used.pk])
    for person, offered in ((alice, True), (bob, False)):
        page = sign_in(person).get(address).content.decode()
        assert EXT4["message"] in page
        assert (override in page) is offered
    browser: Client = sign_in(alice)
    assert EXT4["message"] in browser.get(override).content.decode()
    sent = {"codes": ["filesystem"], "serial": used.serial, "reason": REASON}
    answer = browser.post(override, sent)
    assert (answer.status_code, f"alice lets it be erased: {REASON}" in answer.content.decode()) == (200, True)


def test_on_the_board_only_what_is_in_use_cannot_be_chosen(bench: Bench, used: Drive) -> None:
    assert blocked_reason(used, None) == ""
    carry(bench, EXT4, MOUNTED)
    assert "mounted at /mnt/tank" in blocked_reason(bench.drive, None)


def test_a_wrong_answer_in_the_dialog_keeps_what_was_typed(used: Drive, alice: User, sign_in: Any) -> None:
    override = reverse("jobs:override", args=[used.pk])
    answer = sign_in(alice).post(override, {"codes": ["filesystem"], "serial": "ZZZ", "reason": REASON})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="ZZZ"' in page
    assert REASON in page
    assert 'role="alert"' in page


def test_the_dialog_is_for_admins(used: Drive, bob: User, vera: User, sign_in: Any) -> None:
    for person in (bob, vera):
        assert sign_in(person).get(reverse("jobs:override", args=[used.pk])).status_code == 403


def test_the_api_grants_and_lists(used: Drive, alice: User, vera: User, sign_in: Any) -> None:
    path = f"/api/v1/drives/{used.pk}/overrides"
    sent = {"codes": ["filesystem"], "serial": used.serial, "reason": REASON}
    answer = sign_in(alice).post(path, sent, content_type="application/json")
    assert (answer.status_code, answer.json()["codes"], answer.json()["job"]) == (201, ["filesystem"], None)
    assert sign_in(vera).get(path).json()["results"] == [answer.json()]
    wrong = sign_in(alice).post(path, {**sent, "codes": ["mounted"]}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "override_refused")
