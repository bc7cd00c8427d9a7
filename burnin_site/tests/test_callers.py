"""Who was just seen signed in: only what was proven is known, and it is forgotten when it is not true any more."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from knox.models import AuthToken

from burnin_site.core import callers
from burnin_site.core.callers import KnownCallers, claims_of
from burnin_site.core.roles import Role
from burnin_site.tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> KnownCallers:
    own = KnownCallers()
    monkeypatch.setattr(callers, "known_callers", own)
    return own


@pytest.fixture
def person() -> User:
    return make_person("ann", Role.VIEWER)


@pytest.fixture
def page(client: Client, person: User, known: KnownCallers) -> str:
    """Sign in, look at a page, and return the claim."""
    client.force_login(person)
    client.get("/")
    (claim,) = claims_of([(b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode())])
    assert known.knows([claim])
    return claim


def token_claim(secret: str) -> str:
    (claim,) = claims_of([(b"authorization", f"Token {secret}".encode())])
    return claim


def test_a_made_up_token_beside_a_good_session_is_not_known(client: Client, page: str, known: KnownCallers) -> None:
    for path in ("/", "/api/v1/drives"):
        client.get(path, headers={"Authorization": "Token made-up"})
    assert not known.knows([token_claim("made-up")])
    assert known.known_of([token_claim("made-up"), page]) == page


def test_a_made_up_session_beside_a_good_token_is_not_known(client: Client, person: User, known: KnownCallers) -> None:
    _, secret = AuthToken.objects.create(user=person, expiry=timedelta(days=1))  # type: ignore[no-untyped-call]
    client.cookies["sessionid"] = "made-up"
    assert client.get("/api/v1/drives", headers={"Authorization": f"Token {secret}"}).status_code == 200
    assert known.knows([token_claim(secret)])
    assert not known.knows(claims_of([(b"cookie", b"sessionid=made-up")]))


@pytest.mark.parametrize("how", ["sign out", "sign out by API", "password", "switched off", "session removed"])
def test_a_session_that_is_over_is_forgotten(
    client: Client, person: User, page: str, known: KnownCallers, how: str
) -> None:
    sent = client.cookies["sessionid"].value
    if how == "sign out":
        client.post("/logout")
    elif how == "sign out by API":
        client.post("/api/auth/logout")
    elif how == "session removed":
        client.session.flush()
    else:
        person.is_active = how != "switched off"
        person.set_password("another-long-password")
        person.save()
    client.cookies["sessionid"] = sent
    client.get("/")
    assert not known.knows([page])


@pytest.mark.parametrize("how", ["removed", "switched off", "signed out", "ran out"])
def test_a_token_that_is_over_is_forgotten(client: Client, person: User, known: KnownCallers, how: str) -> None:
    token, secret = AuthToken.objects.create(user=person, expiry=timedelta(days=1))  # type: ignore[no-untyped-call]
    headers = {"Authorization": f"Token {secret}"}
    client.get("/api/v1/drives", headers=headers)
    assert known.knows([token_claim(secret)])
    if how == "signed out":
        client.post("/api/auth/logout", headers=headers)
    elif how == "removed":
        token.delete()
    elif how == "ran out":
        AuthToken.objects.update(expiry=token.created)
    else:
        User.objects.update(is_active=False)
    if how != "signed out":
        client.get("/api/v1/drives", headers=headers)
    assert not known.knows([token_claim(secret)])
