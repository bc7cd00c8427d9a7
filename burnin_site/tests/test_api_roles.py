"""Every route of the API, asked by everybody."""

from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from burnin_site.core.roles import Role
from burnin_site.tests import people
from drives.models import Drive, Host

pytestmark = pytest.mark.django_db

VIEWER, OPERATOR, ADMIN = Role.VIEWER, Role.OPERATOR, Role.ADMIN


class Route(NamedTuple):
    method: str
    path: str
    needed: Role
    status: int  # what somebody with the role gets for an empty body


ROUTES = (
    Route("get", "/api/v1/hosts", VIEWER, 200),
    Route("post", "/api/v1/hosts", ADMIN, 422),
    Route("get", "/api/v1/hosts/{host}", VIEWER, 200),
    Route("patch", "/api/v1/hosts/{host}", ADMIN, 200),
    Route("delete", "/api/v1/hosts/{host}", ADMIN, 204),
    Route("post", "/api/v1/hosts/{host}/test-ssh", OPERATOR, 200),
    Route("post", "/api/v1/hosts/{host}/trust-host-key", ADMIN, 422),
    Route("post", "/api/v1/hosts/{host}/refresh", OPERATOR, 202),
    Route("get", "/api/v1/drives", VIEWER, 200),
    Route("get", "/api/v1/drives/{drive}", VIEWER, 200),
    Route("patch", "/api/v1/drives/{drive}", OPERATOR, 200),
    Route("get", "/api/v1/drives/{drive}/overrides", VIEWER, 200),
    Route("post", "/api/v1/drives/{drive}/overrides", ADMIN, 422),
    Route("get", "/api/v1/burnin", VIEWER, 200),
    Route("post", "/api/v1/burnin/confirm", OPERATOR, 422),
    Route("post", "/api/v1/burnin/start", OPERATOR, 422),
    Route("get", "/api/v1/burnin/999", VIEWER, 404),
    Route("get", "/api/v1/burnin/999/temperatures", VIEWER, 404),
    Route("post", "/api/v1/burnin/999/cancel", OPERATOR, 404),
    Route("post", "/api/v1/burnin/999/pause", OPERATOR, 404),
    Route("post", "/api/v1/burnin/999/continue", OPERATOR, 404),
    Route("post", "/api/v1/burnin/999/retry", OPERATOR, 404),
    Route("post", "/api/v1/burnin/999/move", OPERATOR, 404),
    Route("get", "/api/v1/tokens", VIEWER, 200),
    Route("post", "/api/v1/tokens", VIEWER, 422),
    Route("delete", "/api/v1/tokens/999", VIEWER, 404),
)
PEOPLE: dict[str, Role | None] = {
    "sam": None,
    "vera": Role.VIEWER,
    "bob": Role.OPERATOR,
    "alice": Role.ADMIN,
    "root": Role.SUPERADMIN,
}


def ask(client: Client, route: Route) -> Any:
    host = Host.objects.create(name="nas-1")
    drive = Drive.objects.create(host=host, serial="ZA1", size_bytes=10)
    if route.method == "delete":
        drive.delete()
    path = route.path.format(host=host.pk, drive=drive.pk)
    return getattr(client, route.method)(path, data={} if route.method != "get" else None, **sent_as(route))


def sent_as(route: Route) -> dict[str, str]:
    return {} if route.method == "get" else {"content_type": "application/json"}


def person(name: str) -> User:
    role = PEOPLE[name]
    return people.make_superadmin(name) if role is Role.SUPERADMIN else people.make_person(name, role)


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_each_route_asks_for_its_role(sign_in: Any, route: Route, name: str) -> None:
    answer = ask(sign_in(person(name)), route)
    role = PEOPLE[name]
    if role is not None and role >= route.needed:
        assert answer.status_code == route.status
        return
    assert answer.status_code == 403
    assert answer.json()["code"] == ("no_role" if role is None else "role_too_low")


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_each_route_asks_who_it_is(client: Client, route: Route) -> None:
    assert ask(client, route).status_code == 401


def routes_of(resolver: URLResolver, prefix: str = "/") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        found += routes_of(entry, path) if isinstance(entry, URLResolver) else [path]
        assert isinstance(entry, URLPattern | URLResolver)
    return found


def test_no_route_was_forgotten_here() -> None:
    declared = {path for path in routes_of(get_resolver()) if path.startswith("/api/v1/")}
    patterns = {"{host}": "<row:pk>", "{drive}": "<row:pk>", "999": "<row:pk>"}
    tested = set()
    for route in ROUTES:
        path = route.path
        for word, pattern in patterns.items():
            path = path.replace(word, pattern)
        tested.add(path)
    assert declared == tested
