"""Signs of life."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from burnin_site.core import readiness, room
from burnin_site.core.outages import DISK_FULL, NOT_MIGRATED
from burnin_site.core.room import Room
from burnin_site.tests import accidents


@pytest.fixture(autouse=True)
def _looks_afresh() -> Iterator[None]:
    """Have each test asked for itself."""
    readiness.looker.forget()
    yield
    readiness.looker.forget()


def test_healthz_answers_without_the_database(client: Client) -> None:
    """Without the `db` fixture a query would fail this test."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_readyz_answers_when_the_tables_are_up_to_date(db: None, client: Client) -> None:
    assert client.get("/readyz").status_code == 200


def test_readyz_says_that_a_migration_is_missing(db: None, client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("audit", "0002_append_only")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_migrated")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_signs_of_life_are_not_for_writing(db: None, client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_healthz_costs_no_query(db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz")


@pytest.mark.parametrize("make", accidents.OF_SQLITE, ids=lambda make: str(make.__name__))
def test_readyz_says_which_accident_it_is(db: None, client: Client, make: accidents.Make, tmp_path: Path) -> None:
    with accidents.every_query_raises(accidents.raised(make, tmp_path)):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, accidents.OF_SQLITE[make])
    assert answer["Retry-After"] == "5"
    assert str(tmp_path) not in answer.text


@pytest.mark.django_db(transaction=True)
def test_readyz_says_that_somebody_else_holds_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It only reads, and yet notices that nobody can write."""
    monkeypatch.setattr(readiness, "WRITE_WAIT_MS", 50)
    assert client.get("/readyz").status_code == 200
    readiness.looker.forget()
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.get("/readyz")
        other.execute("ROLLBACK")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_locked")
    readiness.looker.forget()
    assert client.get("/readyz").status_code == 200


def test_readyz_says_that_the_disk_is_full_or_soon_will_be(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "look", lambda: Room(warning="Only 7 MB left."))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["warnings"]) == (200, ["Only 7 MB left."])
    readiness.looker.forget()
    monkeypatch.setattr(room, "look", lambda: Room(DISK_FULL))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_full")


def test_readyz_does_not_work_for_everybody_who_asks(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(readiness, "_database", lambda: NOT_MIGRATED)
    assert client.get("/readyz").status_code == 200
