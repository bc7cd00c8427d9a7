"""A confirmation is good for ten minutes, once, for one person, one plan and these drive identities."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from drives.models import Drive, Host
from jobs import confirmations
from jobs.confirmations import TokenRefused
from jobs.plans import Plan, make_plan

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MINUTES = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return make_plan()


@pytest.fixture
def drive() -> Drive:
    """Return a drive of some host."""
    host = Host.objects.create(name="nas-1")
    return Drive.objects.create(host=host, serial="ZA1", wwn="0x5000c50000000001", size_bytes=1000)


def issue(user: User, drive: Drive, plan: Plan | None, **changes: Any) -> str:
    return confirmations.issue(user=user, drives=[drive], plan=plan, **{"typed": True, "now": NOW, **changes})


def refusal(token: str, **how: Any) -> str:
    with pytest.raises(TokenRefused) as refused:
        confirmations.read(token, **how)
    assert str(refused.value).endswith(".")
    return refused.value.code


def test_it_is_good_for_ten_minutes(bob: User, drive: Drive, plan: Plan) -> None:
    token = issue(bob, drive, plan)
    how: dict[str, Any] = {"user": bob, "drive": drive, "plan": plan}
    assert confirmations.read(token, **how, now=NOW + 10 * MINUTES).typed
    assert refusal(token, **how, now=NOW + 10 * MINUTES + timedelta(seconds=1)) == "token_expired"
    assert refusal(token, **how, now=NOW - 11 * MINUTES) == "token_expired", "a clock that jumped proves nothing"


@pytest.mark.parametrize("token", ["", "missing", "e30:abc", "x" * 500])
def test_what_is_no_token_of_ours_is_refused(bob: User, drive: Drive, plan: Plan, token: str) -> None:
    assert refusal(token, user=bob, drive=drive, plan=plan, now=NOW) == "token_unknown"


def test_a_token_that_was_changed_is_refused(bob: User, drive: Drive, plan: Plan) -> None:
    token = issue(bob, drive, plan)
    assert refusal("A" + token, user=bob, drive=drive, plan=plan, now=NOW) == "token_unknown"


def test_it_is_its_persons_own(bob: User, alice: User, drive: Drive, plan: Plan) -> None:
    assert refusal(issue(bob, drive, plan), user=alice, drive=drive, plan=plan, now=NOW) == "token_other_user"


@pytest.mark.parametrize(
    "other", [{"run_long": False}, {"stage_order": ["surface_validate", "short_smart", "long_smart"]}]
)
def test_it_is_for_one_plan(bob: User, drive: Drive, plan: Plan, other: dict[str, Any]) -> None:
    token = issue(bob, drive, plan)
    assert refusal(token, user=bob, drive=drive, plan=make_plan(**other), now=NOW) == "token_other_plan"


def test_that_of_a_dialog_is_for_the_plan_that_is_chosen_in_it(bob: User, drive: Drive, plan: Plan) -> None:
    token = issue(bob, drive, None, typed=False)
    assert not confirmations.read(token, user=bob, drive=drive, plan=plan, now=NOW).typed


@pytest.mark.parametrize("change", [{"serial": "ZA2"}, {"wwn": "0x5000c50000000002"}, {"size_bytes": 1001}])
def test_another_drive_in_the_bay_is_not_the_confirmed_one(
    bob: User, drive: Drive, plan: Plan, change: dict[str, Any]
) -> None:
    token = issue(bob, drive, plan)
    Drive.objects.filter(pk=drive.pk).update(**change)
    drive.refresh_from_db()
    assert refusal(token, user=bob, drive=drive, plan=plan, now=NOW) == "token_other_drive"


def test_two_tokens_for_the_same_have_two_secrets(bob: User, drive: Drive, plan: Plan) -> None:
    read = [confirmations.read(issue(bob, drive, plan), user=bob, drive=drive, plan=plan, now=NOW) for _ in range(2)]
    assert read[0].secret != read[1].secret
