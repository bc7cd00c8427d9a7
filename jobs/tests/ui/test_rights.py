"""Every page and every role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from jobs.models import BurninJob
from jobs.tests.ui import workbench

SignIn = Callable[[User], Client]
VIEWER, OPERATOR, ADMIN = "vera", "bob", "alice"
READ = {VIEWER: 200, OPERATOR: 200, ADMIN: 200, "stranger": 403}
WRITE = {VIEWER: 403, OPERATOR: 200, ADMIN: 200, "stranger": 403}
PAGES: list[tuple[str, dict[str, int]]] = [
    ("board", READ),
    ("drive_row", READ),
    ("host_group", READ),
    ("job", READ),
    ("evidence", READ),
    ("stage_log", READ),
    ("start", WRITE),
    ("plan", WRITE),
    ("cancel", WRITE),
]
pytestmark = pytest.mark.django_db


def address(name: str, job: BurninJob) -> str:
    arguments: dict[str, list[int]] = {
        "drive_row": [job.drive_id],
        "host_group": [job.drive.host_id],
        "job": [job.pk],
        "evidence": [job.pk],
        "stage_log": [job.pk, 1],
    }
    query = f"?drive={job.drive_id}&job={job.pk}&test=short"
    return reverse(f"jobs:{name}", args=arguments.get(name, [])) + query


@pytest.mark.parametrize("person", [VIEWER, OPERATOR, ADMIN, "stranger"])
@pytest.mark.parametrize(("name", "answers"), PAGES)
def test_each_role_gets_what_it_may(
    request: pytest.FixtureRequest, sign_in: SignIn, name: str, answers: dict[str, int], person: str
) -> None:
    job = workbench.make_job(workbench.make_drive(workbench.make_host()))
    user: Any = request.getfixturevalue(person)
    assert sign_in(user).get(address(name, job)).status_code == answers[person]


DEEDS = ["pause", "continue", "move"]


@pytest.mark.parametrize("person", [VIEWER, OPERATOR, ADMIN, "stranger"])
@pytest.mark.parametrize("name", DEEDS)
def test_each_deed_asks_for_an_operator(
    request: pytest.FixtureRequest, sign_in: SignIn, name: str, person: str
) -> None:
    job = workbench.make_job(workbench.make_drive(workbench.make_host()))
    client = sign_in(request.getfixturevalue(person))
    may = person in (OPERATOR, ADMIN)
    assert client.post(reverse(f"jobs:{name}", args=[job.pk])).status_code == (302 if may else 403)
    assert client.get(reverse(f"jobs:{name}", args=[job.pk])).status_code == 405
    job.refresh_from_db()
    assert bool(job.paused_at) == (may and name == "pause")


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_needs_the_token_of_the_own_page(bob: User, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse(f"jobs:{name}", args=[1])).status_code == 403


@pytest.mark.parametrize("name", [name for name, _ in PAGES])
def test_who_is_not_signed_in_is_led_to_the_login(client: Client, name: str) -> None:
    job = workbench.make_job(workbench.make_drive(workbench.make_host()))
    answer = client.get(address(name, job))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("name", ["start", "cancel"])
def test_a_viewer_cannot_act_by_hand_either(vera: User, sign_in: SignIn, name: str) -> None:
    job = workbench.make_job(workbench.make_drive(workbench.make_host()))
    answer = sign_in(vera).post(reverse(f"jobs:{name}"), {"job": job.pk, "drive": job.drive_id, "test": "short"})
    job.refresh_from_db()
    assert answer.status_code == 403
    assert job.cancel_requested_at is None
    assert BurninJob.objects.count() == 1


@pytest.mark.parametrize("name", ["start", "cancel"])
def test_acting_needs_the_token_of_the_own_page(bob: User, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse(f"jobs:{name}"), {"drive": 1, "job": 1}).status_code == 403
