"""API tokens: named, counted, and ended with the password, the account or the role they were made under."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from pytest_django.fixtures import Settings

from audit import actions
from audit.models import AuditEvent
from burnin_site.core import api_auth
from burnin_site.core.roles import Role
from burnin_site.core.tokens import services
from burnin_site.core.tokens.models import TokenLabel
from burnin_site.tests.people import PASSWORD
from settingsapp import people

pytestmark = pytest.mark.django_db
NEW = "another pass word"
TYPED_TWICE = {"password1": NEW, "password2": NEW, "usable_password": "true"}


def post(client: Client, path: str, body: Any, **extra: Any) -> Any:
    return client.post(path, data=body, content_type="application/json", **extra)


def opens(secret: str) -> bool:
    answer = Client().get("/api/v1/hosts", headers={"Authorization": f"Token {secret}"})
    assert answer.status_code in (200, 401)
    return bool(answer.status_code == 200)


def by_its_owner(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", typed).status_code == 302


def by_an_admin(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert admin.post(f"/admin/auth/user/{bob.pk}/password/", TYPED_TWICE).status_code == 302


def taken_away_by_an_admin(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {"usable_password": "false", "unset-password": "yes", "password1": "", "password2": ""}
    assert admin.post(f"/admin/auth/user/{bob.pk}/password/", typed).status_code == 302
    assert not User.objects.get(pk=bob.pk).has_usable_password()


def by_the_command(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_args, **_words: NEW)
    call_command("changepassword", "bob", verbosity=0)


def from_a_shell(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bob.set_password(NEW)
    bob.save()


def switched_off(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    admin.post(f"/admin/auth/user/{bob.pk}/change/", {"username": "bob", "role": "operator"})
    assert not User.objects.get(pk=bob.pk).is_active
    User.objects.filter(pk=bob.pk).update(is_active=True)  # also when the account comes back


def role_taken(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    people.set_role(user=bob, role=None, actor=None)
    people.set_role(user=bob, role=Role.OPERATOR, actor=None)


def removed(bob: User, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    admin.post(f"/admin/auth/user/{bob.pk}/delete/", {"post": "yes"})


ENDS: list[Callable[[User, Client, pytest.MonkeyPatch], None]] = [
    by_its_owner,
    by_an_admin,
    taken_away_by_an_admin,
    by_the_command,
    from_a_shell,
    switched_off,
    role_taken,
    removed,
]


@pytest.mark.parametrize("end", ENDS)
def test_tokens_end_with_the_password_the_account_and_the_role(
    bob: User, vera: User, alice: User, sign_in: Any, monkeypatch: pytest.MonkeyPatch, end: Any
) -> None:
    own = [services.make_token(user=bob).secret for _ in range(2)]
    kept = services.make_token(user=vera).secret
    assert all(map(opens, own))
    end(bob, sign_in(alice), monkeypatch)
    assert not any(map(opens, own))
    assert opens(kept)


@pytest.mark.parametrize("end", [by_an_admin, taken_away_by_an_admin, by_the_command, from_a_shell])
def test_sessions_end_with_the_password_too(
    bob: User, alice: User, sign_in: Any, monkeypatch: pytest.MonkeyPatch, end: Any
) -> None:
    client = sign_in(bob)
    assert client.get("/api/v1/hosts").status_code == 200
    end(bob, sign_in(alice), monkeypatch)
    assert client.get("/api/v1/hosts").status_code == 401


def test_a_hash_that_is_only_made_anew_ends_nothing(bob: User, settings: Settings) -> None:
    secret = services.make_token(user=bob).secret
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert post(Client(), "/api/auth/login", {"username": "bob", "password": PASSWORD}).status_code == 200
    assert User.objects.get(pk=bob.pk).password.startswith("pbkdf2")
    assert opens(secret)


def test_a_person_makes_lists_and_ends_their_own_tokens(bob: User, vera: User, sign_in: Any) -> None:
    client = sign_in(vera)
    services.make_token(user=bob, name="bob's")
    made = post(client, "/api/v1/tokens", {"name": "nightly script", "days": 30})
    assert made.status_code == 201
    assert opens(made.json()["token"])
    (row,) = client.get("/api/v1/tokens").json()["results"]
    assert set(row) == {"id", "name", "first_letters", "created_at", "expires_at", "last_used_at"}
    assert (row["name"], row["last_used_at"] is not None) == ("nightly script", True)
    assert made.json()["token"] not in str(row)
    stranger = TokenLabel.objects.get(name="bob's").pk
    assert client.delete(f"/api/v1/tokens/{stranger}").status_code == 404
    assert client.delete(f"/api/v1/tokens/{row['id']}").status_code == 204
    assert not opens(made.json()["token"])
    kinds = AuditEvent.objects.filter(note="vera").values_list("event_type", flat=True)
    assert {actions.USER_TOKEN_MADE, actions.USER_TOKEN_ENDED} <= set(kinds)


def test_the_door_for_programs_takes_a_name_and_days_too(vera: User) -> None:
    sent = {"username": "vera", "password": PASSWORD, "name": "ci", "days": 2}
    answer = post(Client(), "/api/auth/token", sent)
    assert (answer.status_code, answer.json()["name"]) == (200, "ci")
    assert timedelta(days=1) < AuthToken.objects.get().expiry - timezone.now() <= timedelta(days=2)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "ci", "days": 0}, "days"),
        ({"name": "ci", "days": 31}, "days"),
        ({"name": "ci", "days": 2**63}, "days"),
        ({"name": "ci", "days": 9999}, "days"),
        ({"name": "ci", "days": 10**30}, "days"),
        ({"name": "ci", "days": -(10**30)}, "days"),
        ({"name": "a\u200bb"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({}, "name"),
    ],
)
def test_a_token_that_cannot_be_is_refused_at_its_field(
    vera: User, sign_in: Any, settings: Settings, sent: dict[str, Any], field: str
) -> None:
    settings.API_TOKEN_DAYS = 30
    answer = post(sign_in(vera), "/api/v1/tokens", sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert field in answer.json()["detail"]["fields"]
    assert field != "days" or "A token works for 1 to 30 days" in answer.json()["error"]
    assert not AuthToken.objects.exists()


def test_a_token_makes_no_other_token(vera: User) -> None:
    secret = services.make_token(user=vera).secret
    answer = post(Client(), "/api/v1/tokens", {"name": "child"}, headers={"Authorization": f"Token {secret}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "token_by_token")


def test_a_person_has_a_number_of_tokens_and_no_more(vera: User, bob: User, sign_in: Any) -> None:
    for _ in range(services.MOST_PER_PERSON):
        services.make_token(user=vera)
    for answer in (
        post(sign_in(vera), "/api/v1/tokens", {"name": "one more"}),
        post(Client(), "/api/auth/token", {"username": "vera", "password": PASSWORD}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_tokens")
        assert "DELETE /api/v1/tokens" in answer.json()["error"]
    services.make_token(user=bob)
    AuthToken.objects.filter(pk=AuthToken.objects.filter(user=vera)[0].pk).update(expiry=timezone.now())
    services.make_token(user=vera)  # one that has expired does not count


def test_the_last_use_is_written_at_most_once_a_minute(vera: User) -> None:
    made = services.make_token(user=vera)
    now = timezone.now()
    for after_s, noted_s in ((0, 0), (1, 0), (59, 0), (61, 61), (90, 61), (-300, -300)):
        services.note_use(made.label.token, now + timedelta(seconds=after_s))
        made.label.refresh_from_db()
        assert made.label.last_used_at == now + timedelta(seconds=noted_s)


def test_a_database_that_takes_no_write_keeps_nobody_from_reading(vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[Any] = []

    def locked(*_args: Any) -> None:
        tries.append(1)
        raise OperationalError("database is locked")

    monkeypatch.setattr(api_auth, "_pause", api_auth._Pause())
    monkeypatch.setattr(services, "note_use", locked)
    secret = services.make_token(user=vera).secret
    assert [opens(secret) for _ in range(3)] == [True, True, True]
    assert len(tries) == 1


def test_somebody_without_a_role_gets_no_token(stranger: User) -> None:
    answer = post(Client(), "/api/auth/token", {"username": "sam", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "no_role")
    assert not AuthToken.objects.exists()


def test_the_admin_shows_name_expiry_and_last_use(bob: User, alice: User, sign_in: Any) -> None:
    made = services.make_token(user=bob, name="nightly script")
    AuthToken.objects.create(user=bob)  # type: ignore[no-untyped-call]  # by hand, without a label
    assert opens(made.secret)
    page = sign_in(alice).get("/admin/knox/authtoken/").content.decode()
    for shown in ("nightly script", "unnamed", "column-expiry", "column-last_used"):
        assert shown in page


def test_a_token_that_was_made_by_hand_gets_a_label_when_it_is_used(bob: User) -> None:
    stored, secret = AuthToken.objects.create(user=bob)  # type: ignore[no-untyped-call]
    assert opens(secret)
    assert TokenLabel.objects.get(token=stored).last_used_at is not None


def test_tokens_of_an_older_version_are_labelled_and_go_on(bob: User) -> None:
    stored, secret = AuthToken.objects.create(user=bob)  # type: ignore[no-untyped-call]
    import_module("burnin_site.core.tokens.migrations.0002_label_old_tokens").label(apps, None)
    assert [label.name for label in services.tokens_of(bob)] == ["made before 0.3.0"]
    assert TokenLabel.objects.get().token == stored
    assert opens(secret)
