"""Starting from the board: the typed confirmation, refusals per drive, nothing lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from drives.models import Drive
from jobs.batch_word import batch_word
from jobs.models import BurninJob
from jobs.tests.ui import workbench

SignIn = Callable[[User], Client]
ALL = ["short", "long", "surface"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(bob: User, sign_in: SignIn) -> Client:
    """Return Bob's browser."""
    return sign_in(bob)


@pytest.fixture
def drives() -> list[Drive]:
    """Return three free drives of an armed host."""
    host = workbench.make_host()
    return [workbench.make_drive(host, number) for number in (1, 2, 3)]


def send(client: Client, drives: list[Drive], tests: list[str] | None = None, /, **typed: str) -> HttpResponse:
    content: dict[str, Any] = {
        "drive": [drive.pk for drive in drives],
        "test": ALL if tests is None else tests,
        "token": token_of(client, drives),
        **typed,
    }
    answer: HttpResponse = client.post(reverse("jobs:start"), content)  # type: ignore[assignment]
    return answer


def token_of(client: Client, drives: list[Drive]) -> str:
    """Return the token of a dialog that was just opened."""
    shown = client.get(reverse("jobs:start"), {"drive": [drive.pk for drive in drives]}).content.decode()
    return shown.partition('name="token" value="')[2].partition('"')[0]


def word_for(client: Client, drives: list[Drive]) -> str:
    return batch_word(drives, client.session.session_key or "")


def test_a_typed_serial_starts_one_drive(operator: Client, drives: list[Drive]) -> None:
    drive = drives[0]
    answer = send(operator, [drive], **{f"serial-{drive.pk}": drive.serial})
    job = BurninJob.objects.get()
    assert answer.status_code == 201
    assert (job.drive, job.operator_name, job.profile) == (drive, "bob", "full")


@pytest.mark.parametrize("typed", ["", "ZHZ99999", "zhz00001"])
def test_another_serial_starts_nothing(operator: Client, drives: list[Drive], typed: str) -> None:
    answer = send(operator, drives[:1], **{f"serial-{drives[0].pk}": typed})
    assert answer.status_code == 422
    assert not BurninJob.objects.exists()
    assert f'value="{typed}"' in answer.content.decode()


def test_harmless_tests_need_no_serial(operator: Client, drives: list[Drive]) -> None:
    assert send(operator, drives[:1], ["short", "long"]).status_code == 201
    assert BurninJob.objects.get().profile == "short_long"


def test_the_order_is_the_one_that_was_chosen(operator: Client, drives: list[Drive]) -> None:
    drive = drives[0]
    send(operator, [drive], ["surface", "short"], **{f"serial-{drive.pk}": drive.serial})
    names = list(BurninJob.objects.get().stages.order_by("position").values_list("stage_name", flat=True))
    assert names == ["precheck", "surface_validate", "short_smart", "final_check"]


def test_no_test_at_all_is_refused_with_a_sentence(operator: Client, drives: list[Drive]) -> None:
    answer = send(operator, drives[:1], [])
    assert answer.status_code == 422
    assert "Choose at least one test" in answer.content.decode()


def test_count_and_word_start_a_batch(operator: Client, drives: list[Drive]) -> None:
    answer = send(operator, drives, count="3", word=word_for(operator, drives))
    assert answer.status_code == 201
    assert BurninJob.objects.count() == 3


def test_the_word_may_be_typed_in_capitals_and_with_spaces(operator: Client, drives: list[Drive]) -> None:
    assert send(operator, drives, count=" 3 ", word=f" {word_for(operator, drives).upper()} ").status_code == 201


@pytest.mark.parametrize("count", ["2", "4", "", "three"])
def test_a_wrong_count_starts_nothing(operator: Client, drives: list[Drive], count: str) -> None:
    answer = send(operator, drives, count=count, word=word_for(operator, drives))
    assert answer.status_code == 422
    assert "The count or the word is not right" in answer.content.decode()
    assert not BurninJob.objects.exists()


def test_the_word_of_another_set_starts_nothing(operator: Client, drives: list[Drive]) -> None:
    word = word_for(operator, drives[:2])
    assert word != word_for(operator, drives)
    assert send(operator, drives, count="3", word=word).status_code == 422
    assert not BurninJob.objects.exists()


def words_of(drives: list[Drive], *sessions: str) -> list[str]:
    """Return several words: two of them are the same now and then."""
    return [batch_word(drives, f"{session}{number}") for session in sessions for number in range(4)]


def test_the_word_changes_when_another_drive_sits_in_the_bay(drives: list[Drive]) -> None:
    words = words_of(drives, "session")
    drives[0].serial = "ANOTHER1"
    assert words_of(drives, "session") != words


def test_the_word_of_another_session_is_another(drives: list[Drive]) -> None:
    assert words_of(drives, "session-a") != words_of(drives, "session-b")


def test_the_shown_word_is_the_one_that_counts(operator: Client, drives: list[Drive]) -> None:
    shown = operator.get(reverse("jobs:start"), {"drive": [drive.pk for drive in drives]}).content.decode()
    assert f'<b class="mono">{word_for(operator, drives)}</b>' in shown


def test_serials_may_be_typed_for_a_batch_too(operator: Client, drives: list[Drive]) -> None:
    typed = {f"serial-{drive.pk}": drive.serial for drive in drives}
    assert send(operator, drives, **typed).status_code == 201
    assert BurninJob.objects.count() == 3


def test_a_refused_drive_does_not_hold_up_the_others(operator: Client, drives: list[Drive]) -> None:
    used = drives[1]
    used.in_use = [{"code": "mounted", "message": "It is mounted at /mnt/tank."}]
    used.save()
    answer = send(operator, drives, count="3", word=word_for(operator, drives))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert set(BurninJob.objects.values_list("drive", flat=True)) == {drives[0].pk, drives[2].pk}
    assert "2 burn-ins started" in text
    assert "It is mounted at /mnt/tank." in text
    assert f'name="drive" value="{used.pk}"' in text
    assert f'name="drive" value="{drives[0].pk}"' not in text


def test_a_disarmed_host_says_so_before_and_after(operator: Client, drives: list[Drive]) -> None:
    host = drives[0].host
    host.armed = False
    host.save()
    asked = operator.get(reverse("jobs:start"), {"drive": drives[0].pk}).content.decode()
    answer = send(operator, drives[:1], **{f"serial-{drives[0].pk}": drives[0].serial})
    assert "maple is disarmed: an admin must arm it" in asked
    assert "maple is disarmed" in answer.content.decode()
    assert not BurninJob.objects.exists()


def test_the_tests_that_were_chosen_survive_a_refusal(operator: Client, drives: list[Drive]) -> None:
    text = send(operator, drives[:1], ["surface", "long"]).content.decode()
    order = [text.index(f'value="{name}"') for name in ("surface", "long", "short")]
    assert order == sorted(order)
    assert 'value="short" checked' not in text


@pytest.mark.parametrize(
    "sent", [{}, {"drive": ["x"]}, {"drive": ["1", "²"]}, {"drive": ["9" * 30]}, {"drive": ["1"], "test": ["format"]}]
)
def test_nonsense_is_answered_with_a_sentence(operator: Client, sent: dict[str, Any]) -> None:
    answer = operator.post(reverse("jobs:start"), sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_a_drive_that_does_not_exist_is_refused(operator: Client) -> None:
    assert operator.post(reverse("jobs:start"), {"drive": ["999"], "test": ["short"]}).status_code == 422


def test_the_plan_is_spelled_out_with_its_duration(operator: Client, drives: list[Drive]) -> None:
    query: dict[str, Any] = {"drive": drives[0].pk, "test": ["short", "surface"]}
    for chosen, duration in (("classic", "6.1 days"), ("standard", "3.1 days"), ("", "3.1 days")):
        text = operator.get(reverse("jobs:plan"), {**query, "plan_name": chosen}).content.decode()
        assert f"12.0 TB: about {duration}" in text
        assert f"Surface, {chosen or 'standard'}" in text
        assert "erases" in text


def test_both_ways_to_test_the_surface_say_what_they_cannot_see_and_how_long_they_take(
    operator: Client, drives: list[Drive]
) -> None:
    text = operator.get(reverse("jobs:start"), {"drive": drives[0].pk}).content.decode()
    assert 'name="plan_name" value="standard" checked' in text
    assert "faked capacity, lost and misdirected writes are seen and named" in text
    assert "it cannot see capacity that wraps around" in text
    assert "about 3.1 days" in text
    assert "about 6.1 days" in text


@pytest.mark.parametrize(("sent", "plan"), [("classic", "classic"), ("standard", "standard"), ("", "standard")])
def test_the_surface_is_tested_as_chosen(operator: Client, drives: list[Drive], sent: str, plan: str) -> None:
    drive = drives[0]
    send(operator, [drive], plan_name=sent, **{f"serial-{drive.pk}": drive.serial})
    assert BurninJob.objects.get().plan == plan


def test_a_plan_that_does_not_exist_starts_nothing(operator: Client, drives: list[Drive]) -> None:
    drive = drives[0]
    answer = send(operator, [drive], plan_name="fast", **{f"serial-{drive.pk}": drive.serial})
    assert answer.status_code == 422
    assert "There is no plan" in answer.content.decode()
    assert not BurninJob.objects.exists()


def test_a_plan_without_surface_does_not_speak_of_erasing(operator: Client, drives: list[Drive]) -> None:
    query: dict[str, Any] = {"drive": drives[0].pk, "test": "short"}
    assert "erases" not in operator.get(reverse("jobs:plan"), query).content.decode()


def test_the_warning_is_there_only_with_the_surface_test(operator: Client, drives: list[Drive]) -> None:
    with_it = operator.get(reverse("jobs:start"), {"drive": drives[0].pk}).content.decode()
    without = send(operator, [drives[0]], []).content.decode()
    assert '<section class="confirm" data-destructive>' in with_it
    assert '<section class="confirm" data-destructive hidden>' in without


def test_a_dialog_that_was_shown_to_nobody_starts_nothing(operator: Client, drives: list[Drive]) -> None:
    drive = drives[0]
    answer = send(operator, [drive], **{f"serial-{drive.pk}": drive.serial, "token": ""})
    assert answer.status_code == 422
    assert "Open the dialog again." in answer.content.decode()
    assert not BurninJob.objects.exists()


def test_a_dialog_that_stood_open_for_eleven_minutes_starts_nothing(
    operator: Client, drives: list[Drive], monkeypatch: pytest.MonkeyPatch
) -> None:
    drive, token = drives[0], token_of(operator, drives[:1])
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = send(operator, [drive], **{f"serial-{drive.pk}": drive.serial, "token": token})
    assert "more than ten minutes ago" in answer.content.decode()
    assert not BurninJob.objects.exists()


def test_a_dialog_starts_a_drive_once(operator: Client, drives: list[Drive]) -> None:
    drive, token = drives[0], token_of(operator, drives[:1])
    typed = {f"serial-{drive.pk}": drive.serial, "token": token}
    assert send(operator, [drive], **typed).status_code == 201
    BurninJob.objects.update(state="cancelled")
    assert "with this confirmation before" in send(operator, [drive], **typed).content.decode()
    assert BurninJob.objects.count() == 1
