"""The first account: made once, and by nobody else afterwards."""

import re
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from burnin_site.core import first_admin
from burnin_site.core.errors import BurninError
from burnin_site.tests.people import PASSWORD

pytestmark = pytest.mark.django_db
TYPED = {"username": "ada", "password": PASSWORD, "password_again": PASSWORD}


def test_the_first_visitor_makes_the_admin_and_is_signed_in(client: Client) -> None:
    assert client.get("/login")["Location"] == "/setup"
    assert client.get("/setup").status_code == 200
    answer = client.post("/setup", TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    ada = User.objects.get()
    assert (ada.username, ada.is_superuser, ada.is_staff) == ("ada", True, True)
    assert ada.check_password(PASSWORD)
    assert client.get("/api/v1/hosts").status_code == 200


def test_typing_begins_in_the_first_field(client: Client) -> None:
    (focused,) = re.findall(r"<input[^>]* autofocus[^>]*>", client.get("/setup").content.decode())
    assert 'name="username"' in focused


def test_the_page_is_gone_once_there_is_somebody(client: Client, stranger: User) -> None:
    assert client.get("/setup").status_code == 404
    assert client.post("/setup", TYPED).status_code == 404
    assert client.get("/login").status_code == 200
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {**TYPED, "password_again": "different horse"},
        {**TYPED, "password": "short", "password_again": "short"},
        {**TYPED, "password": "password1", "password_again": "password1"},
        {**TYPED, "username": "a b"},
        {},
    ],
)
def test_it_refuses_a_bad_name_or_password(client: Client, typed: dict[str, str]) -> None:
    assert client.post("/setup", typed).status_code == 422
    assert not User.objects.exists()


def test_the_form_needs_its_csrf_token() -> None:
    assert Client(enforce_csrf_checks=True).post("/setup", TYPED).status_code == 403


def test_the_service_refuses_a_second_first_admin(stranger: User) -> None:
    with pytest.raises(first_admin.SetupIsOver, match="account already"):
        first_admin.create_first_admin(username="eve", password=PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_becomes_the_admin() -> None:
    outcomes: list[str] = []
    together = Barrier(2)

    def set_up(name: str) -> None:
        together.wait(timeout=10)
        try:
            first_admin.create_first_admin(username=name, password=PASSWORD)
            outcomes.append("made")
        except first_admin.SetupIsOver:
            outcomes.append("too late")
        finally:
            connection.close()

    threads = [Thread(target=set_up, args=(name,)) for name in ("ada", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["made", "too late"]
    assert User.objects.count() == 1


def test_the_environment_names_the_first_admin_while_there_is_nobody(settings: Settings) -> None:
    settings.INITIAL_ADMIN_USERNAME, settings.INITIAL_ADMIN_PASSWORD = "ada", PASSWORD
    assert first_admin.ensure_first_admin()
    assert not first_admin.ensure_first_admin()
    assert User.objects.get().is_superuser


def test_the_environment_changes_nothing_once_there_is_somebody(settings: Settings, stranger: User) -> None:
    settings.INITIAL_ADMIN_USERNAME, settings.INITIAL_ADMIN_PASSWORD = "sam", PASSWORD
    assert not first_admin.ensure_first_admin()
    stranger.refresh_from_db()
    assert not stranger.is_superuser


def test_a_weak_password_in_the_environment_is_refused_loudly(settings: Settings) -> None:
    settings.INITIAL_ADMIN_USERNAME, settings.INITIAL_ADMIN_PASSWORD = "ada", "admin"
    with pytest.raises(BurninError, match=r"INITIAL_ADMIN_PASSWORD.*too short"):
        first_admin.ensure_first_admin()
    assert not User.objects.exists()


def test_without_names_in_the_environment_nothing_happens(settings: Settings) -> None:
    settings.INITIAL_ADMIN_USERNAME = settings.INITIAL_ADMIN_PASSWORD = ""
    assert not first_admin.ensure_first_admin()


def test_a_password_like_the_name_is_refused() -> None:
    with pytest.raises(ValidationError):
        first_admin.create_first_admin(username="correcthorse", password="correcthorse1")
