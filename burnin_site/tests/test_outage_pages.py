"""While the database or the disk is away every page and the API answer 503 with one sentence, and never 500."""

import errno
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from burnin_site.core import readiness
from burnin_site.tests import accidents

# One of each way to ask: session, token, form, sign-in, the framework's own pages.
ASKED: list[tuple[str, str]] = [
    ("GET", "/"),
    ("GET", "/jobs/1/"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/setup"),
    ("POST", "/logout"),
    ("GET", "/admin/"),
    ("GET", "/admin/drives/host/add/"),
    ("GET", "/api/v1/drives"),
    ("POST", "/api/v1/burnin/start"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/token"),
    ("GET", "/readyz"),
]


def check(answer: Any, path: str, code: str) -> None:
    """Expect the one answer there is."""
    assert answer.status_code == 503, (path, answer.status_code, answer.content[:500])
    assert answer["Retry-After"] == "5"
    assert answer["Cache-Control"] == "no-store"
    if path.startswith(("/api/", "/readyz")):
        said = answer.json()
        assert said["code"] == code
        assert said["error"].endswith(".")
    else:
        assert "Burn-ins that run go on" in answer.text or "manage.py migrate" in answer.text


def body_for(path: str) -> dict[str, Any]:
    if path.startswith("/api/auth"):
        return {"username": "alice", "password": "x"}
    return {"drive_ids": [1], "confirm": {}}


def ask(client: Client, method: str, path: str) -> Any:
    if method == "GET":
        return client.get(path)
    if path.startswith("/api/"):
        return client.post(path, body_for(path), content_type="application/json")
    return client.post(path, {"username": "alice", "password": "x"})


@pytest.fixture
def calm(alice: User, sign_in: Any) -> Client:
    """Return Alice's browser; an error that nobody answers is an answer of 500 there, and no exception here."""
    client: Client = sign_in(alice)
    client.raise_request_exception = False
    return client


@pytest.fixture(autouse=True)
def _looks_afresh() -> None:
    """Have each test asked for itself."""
    readiness.looker.forget()


@pytest.mark.parametrize(("method", "path"), ASKED)
@pytest.mark.parametrize("make", accidents.OF_SQLITE, ids=lambda make: str(make.__name__))
def test_each_accident_is_answered_everywhere(
    calm: Client, method: str, path: str, make: accidents.Make, tmp_path: Path
) -> None:
    error = accidents.raised(make, tmp_path)
    with accidents.every_query_raises(error) as tried:
        answer = ask(calm, method, path)
    assert tried
    check(answer, path, accidents.OF_SQLITE[make])


@pytest.mark.parametrize(
    "error", [accidents.of_postgres("57P01"), accidents.of_postgres("53300"), accidents.of_a_closed_connection()]
)
@pytest.mark.parametrize(("method", "path"), ASKED)
def test_so_is_a_postgresql_that_is_away(calm: Client, method: str, path: str, error: Exception) -> None:
    with accidents.every_query_raises(error):
        check(ask(calm, method, path), path, "no_database")


@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/drives", "/admin/"])
def test_so_it_is_through_the_server_that_we_really_run(calm: Client, path: str, tmp_path: Path) -> None:
    client = AsyncClient(raise_request_exception=False)
    client.cookies = calm.cookies
    with accidents.every_query_raises(accidents.raised(accidents.locked, tmp_path)):
        check(async_to_sync(client.get)(path), path, "database_locked")


@pytest.mark.parametrize("path", ["/", "/api/v1/drives"])
def test_a_session_that_cannot_be_stored_is_not_the_visitors_mistake(
    calm: Client, monkeypatch: pytest.MonkeyPatch, path: str, tmp_path: Path
) -> None:
    """Django takes it for a session that was deleted meanwhile, and for a bad request."""
    monkeypatch.setattr(settings, "SESSION_SAVE_EVERY_REQUEST", True)
    with accidents.every_query_raises(accidents.raised(accidents.locked, tmp_path), only='UPDATE "django_session"'):
        check(calm.get(path), path, "database_locked")


@pytest.mark.parametrize("path", ["/login", "/api/v1/drives"])
def test_a_disk_that_takes_nothing_more_is_answered(calm: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with accidents.every_query_raises(OSError(errno.ENOSPC, "No space left on device")):
        check(ask(calm, "GET", path), path, "disk_full")


def test_a_mistake_of_ours_is_still_one(calm: Client) -> None:
    with accidents.every_query_raises(ValueError("a mistake")):
        assert calm.get("/").status_code == 500
        assert calm.get("/api/v1/drives").status_code == 500


def test_signs_of_life_are_answered_all_the_same(calm: Client, tmp_path: Path) -> None:
    with accidents.every_query_raises(accidents.raised(accidents.locked, tmp_path)) as tried:
        assert calm.get("/healthz").status_code == 200
    assert tried == []
