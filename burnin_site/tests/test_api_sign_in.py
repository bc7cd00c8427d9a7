"""Signing in to the API: sessions, tokens, lock-out, foreign sites."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from audit import actions
from audit.models import AuditEvent
from burnin_site.tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, body: Any = None, **extra: Any) -> Any:
    return client.post(path, data=body or {}, content_type="application/json", **extra)


def credentials(user: User, password: str = PASSWORD) -> dict[str, str]:
    return {"username": user.username, "password": password}


def token_of(client: Client, user: User) -> str:
    return str(post(client, "/api/auth/token", credentials(user)).json()["token"])


def test_login_opens_the_api_to_a_cookie_jar_without_a_csrf_token(vera: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = post(client, "/api/auth/login", credentials(vera))
    assert (answer.status_code, answer.json()["role"]) == (200, "viewer")
    assert client.get("/api/v1/drives").status_code == 200
    assert post(client, "/api/auth/logout").status_code == 200
    assert client.get("/api/v1/drives").status_code == 401


def test_a_wrong_password_is_told_and_audited(vera: User, client: Client) -> None:
    answer = post(client, "/api/auth/login", credentials(vera, "guess"))
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
    failed = AuditEvent.objects.get(event_type=actions.USER_SIGN_IN_FAILED)
    assert failed.note == "vera"
    assert "guess" not in str(failed.__dict__)


def test_a_password_typed_as_a_name_is_not_written_down(client: Client) -> None:
    post(client, "/api/auth/login", {"username": "hunter2hunter2", "password": "x"})
    assert AuditEvent.objects.get().note == "(unknown name)"


@pytest.mark.parametrize("door", ["login", "token"])
def test_guessing_locks_out_even_the_right_password(vera: User, client: Client, settings: Settings, door: str) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    codes = [post(client, f"/api/auth/{door}", credentials(vera, "guess")).status_code for _ in range(3)]
    assert codes == [401, 401, 429]
    answer = post(client, f"/api/auth/{door}", credentials(vera))
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    other_door = "token" if door == "login" else "login"
    assert post(client, f"/api/auth/{other_door}", credentials(vera)).status_code == 429
    assert AuditEvent.objects.filter(event_type=actions.USER_LOCKED_OUT).count() == 1


def test_the_right_password_forgets_the_wrong_attempts(vera: User, client: Client, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    for _ in range(3):
        assert post(client, "/api/auth/token", credentials(vera, "guess")).status_code == 401
        assert post(client, "/api/auth/token", credentials(vera)).status_code == 200


def test_who_made_a_token_is_audited_without_the_token(bob: User, client: Client) -> None:
    token = token_of(client, bob)
    event = AuditEvent.objects.get(event_type=actions.USER_SIGNED_IN)
    assert (event.operator, event.data) == (bob, {"address": "127.0.0.1", "path": "/api/auth/token"})
    assert token not in str(event.__dict__)


def test_a_token_opens_the_api_and_is_stored_as_a_hash(bob: User, client: Client) -> None:
    token = token_of(client, bob)
    assert Client().get("/api/v1/hosts", headers={"Authorization": f"Token {token}"}).status_code == 200
    assert token not in str(list(AuthToken.objects.values()))
    assert not client.cookies


def test_a_token_expires(bob: User, client: Client, settings: Settings) -> None:
    settings.API_TOKEN_DAYS = 30
    token = token_of(client, bob)
    expiry = AuthToken.objects.get().expiry
    assert timedelta(days=29) < expiry - timezone.now() <= timedelta(days=30)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    answer = client.get("/api/v1/hosts", headers={"Authorization": f"Token {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_logout_with_a_token_throws_the_token_away(bob: User, client: Client) -> None:
    headers = {"Authorization": f"Token {token_of(client, bob)}"}
    assert post(client, "/api/auth/logout", headers=headers).status_code == 200
    assert client.get("/api/v1/hosts", headers=headers).status_code == 401


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token wrong", "Token \xff\xfe", "Bearer x"])
def test_a_broken_token_is_refused_and_says_how_to_sign_in(client: Client, header: str) -> None:
    answer = client.get("/api/v1/hosts", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


def test_a_switched_off_account_is_out_at_once(bob: User, client: Client) -> None:
    post(client, "/api/auth/login", credentials(bob))
    token = token_of(Client(), bob)
    User.objects.update(is_active=False)
    assert client.get("/api/v1/hosts").status_code == 401
    assert Client().get("/api/v1/hosts", headers={"Authorization": f"Token {token}"}).status_code == 401


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://testserver"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://evil.example/page"},
    {"Referer": "http://testserver.evil.example/"},
    {"Referer": "http://testserver@evil.example/"},
    {"Referer": "http://[broken"},
]
OWN: list[dict[str, str]] = [
    {},
    {"Origin": "http://testserver"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Referer": "http://testserver/hosts?page=2"},
    {"Referer": "https://bench.example/"},
    {"Origin": "https://bench.example", "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_cannot_use_the_session_to_change_anything(
    bob: User, sign_in: Any, headers: dict[str, str]
) -> None:
    client = sign_in(bob)
    answer = post(client, "/api/v1/burnin/start", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert post(Client(), "/api/auth/login", credentials(bob), headers=headers).status_code == 403
    assert client.get("/api/v1/hosts", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", OWN)
def test_our_own_pages_and_scripts_may(bob: User, sign_in: Any, settings: Settings, headers: dict[str, str]) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://bench.example"]
    assert post(sign_in(bob), "/api/v1/burnin/start", headers=headers).status_code == 422


def test_a_token_works_from_any_site(bob: User, client: Client) -> None:
    headers = {"Authorization": f"Token {token_of(client, bob)}", "Origin": "https://tool.example"}
    assert post(client, "/api/v1/burnin/start", headers=headers).status_code == 422
