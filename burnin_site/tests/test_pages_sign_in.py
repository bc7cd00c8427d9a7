"""The login page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from burnin_site.tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in_with(client: Client, name: str, password: str) -> Any:
    return client.post("/login", {"username": name, "password": password})


def test_a_person_signs_in_and_lands_on_the_board(client: Client, vera: User) -> None:
    answer = sign_in_with(client, "vera", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.post("/logout")["Location"] == "/login"


def test_guessing_on_the_page_locks_out_too(client: Client, vera: User, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    assert sign_in_with(client, "vera", "guess").status_code == 200
    locked = sign_in_with(client, "vera", "guess")
    assert locked.status_code == 429
    assert "Too many attempts" in locked.content.decode()
    assert sign_in_with(client, "vera", PASSWORD).status_code == 429


def test_the_django_admin_obeys_the_same_lock_out(client: Client, alice: User, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    for _ in range(2):
        answer = client.post("/admin/login/", {"username": "alice", "password": "guess"})
    assert answer.status_code == 429


def test_a_person_without_a_role_is_told_so(sign_in: Any, stranger: User) -> None:
    answer = sign_in(stranger).get("/")
    assert answer.status_code == 403
    assert "no role yet" in answer.content.decode()


@pytest.mark.parametrize("path", ["/login", "/setup"])
def test_no_page_may_be_framed_or_run_foreign_scripts(client: Client, path: str) -> None:
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
