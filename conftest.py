"""What all tests share."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, TransactionTestCase

from audit import triggers
from burnin_site.core.roles import Role
from burnin_site.tests import people


@pytest.fixture(scope="session", autouse=True)
def _quick_settings() -> Iterator[None]:
    """Hash passwords quickly, and serve static files without a manifest that only `collectstatic` writes."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
        # Keys that the tests' own start made stand in place of no lost ones.
        patch.setattr(settings, "KEYS", replace(settings.KEYS, secret_key_file=None, encryption_file=None))
        patch.setattr(settings, "STORAGES", {**settings.STORAGES, "staticfiles": plain})
        yield


@pytest.fixture(scope="session", autouse=True)
def _audit_may_be_emptied_between_tests() -> Iterator[None]:
    """Take the audit's triggers away while a transactional test's tables are emptied, and only then."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # noqa: SLF001

    def teardown(case: Any) -> None:
        triggers.remove(connection)
        try:
            empty(case)
        finally:
            triggers.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture
def alice(db: None) -> User:
    """Return Alice, an admin."""
    return people.make_person("alice", Role.ADMIN)


@pytest.fixture
def bob(db: None) -> User:
    """Return Bob, an operator."""
    return people.make_person("bob", Role.OPERATOR)


@pytest.fixture
def vera(db: None) -> User:
    """Return Vera, a viewer."""
    return people.make_person("vera", Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> User:
    """Return Sam, who has an account and no role."""
    return people.make_person("sam")


@pytest.fixture
def sign_in() -> Any:
    """Return a function that gives a test client of somebody."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
