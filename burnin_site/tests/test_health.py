"""Signs of life."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries


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
