"""Every route of the URL conf, asked by everybody in every way: for a new one somebody has to say who may."""

import pytest

from burnin_site.core.roles import Role
from burnin_site.tests.test_api_roles import ROUTES as API
from tests.fuzz.answers import Answer, send
from tests.fuzz.requests import Asked, plain_path
from tests.fuzz.routes import Route, all_routes
from tests.fuzz.world import ROLES, World

pytestmark = pytest.mark.django_db
V, O, A = Role.VIEWER, Role.OPERATOR, Role.ADMIN  # noqa: E741
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EVERYBODY = {
    "/healthz", "/readyz", "/favicon.ico", "/login", "/logout", "/setup", "/api/auth/login", "/api/auth/token",
    "/api/auth/logout",
    "/admin/login/", "/admin/logout/", "/<tail>", "/api/<tail>",
}  # fmt: skip
PAGES: dict[str, dict[str, Role]] = {
    "/": {"GET": V},
    "/drives/<row:pk>/row": {"GET": V},
    "/drives/<row:pk>/override": {"GET": A, "POST": A},
    "/hosts/<row:pk>/group": {"GET": V},
    "/start": {"GET": O, "POST": O},
    "/start/plan": {"GET": O},
    "/cancel": {"GET": O, "POST": O},
    "/jobs/<row:pk>/": {"GET": V},
    "/jobs/<row:pk>/pause": {"POST": O},
    "/jobs/<row:pk>/continue": {"POST": O},
    "/jobs/<row:pk>/retry/ask": {"GET": O, "POST": O},
    "/jobs/<row:pk>/move": {"POST": O},
    "/jobs/<row:pk>/evidence": {"GET": V},
    "/jobs/<row:pk>/heat": {"GET": V},
    "/jobs/<row:pk>/log/<row:position>": {"GET": V},
}
# What an admin may do in the Django admin beside looking; a superadmin may no more, but sees a few tables more.
MAY_ADD = {"drives/host", "auth/user"}
MAY_CHANGE = {"drives/host", "auth/user", "drives/drive"}
MAY_DELETE = {"drives/host", "auth/user", "knox/authtoken"}
FOR_PEOPLE_ONLY = {("/api/v1/tokens", "POST")}  # a token makes no tokens
RANK = {**ROLES, "root": Role.SUPERADMIN, "token": Role.ADMIN, "nobody": None}


def needed(route: Route) -> dict[str, Role]:
    """Return the role that each method asks for."""
    if route.path in PAGES:
        return PAGES[route.path]
    patterns = {"{host}": "<row:pk>", "{drive}": "<row:pk>", "999": "<row:pk>"}
    found = {}
    for row in API:
        path = row.path
        for word, pattern in patterns.items():
            path = path.replace(word, pattern)
        if path == route.path:
            found[row.method.upper()] = row.needed
    return found


def ask(world: World, route: Route, who: str, method: str) -> Answer:
    kind, body = ("application/json", b"{}") if route.api else ("application/x-www-form-urlencoded", b"")
    return send(world, Asked(who, method, plain_path(route, world), content_type=kind, body=body))


def is_kept_out(answer: Answer) -> bool:
    return answer.status in (401, 403) or "/login" in answer.headers.get("location", "")


ALL = all_routes()
BY_ROLE = [route for route in ALL if needed(route)]
ADMIN = [route for route in ALL if route.path.startswith("/admin/") and route.path not in EVERYBODY]


def test_somebody_has_said_who_may_for_each_route() -> None:
    assert [route.path for route in ALL if route not in BY_ROLE + ADMIN and route.path not in EVERYBODY] == []


@pytest.mark.parametrize("route", BY_ROLE, ids=lambda route: route.path)
def test_a_page_or_a_route_of_the_api_opens_for_its_role_and_no_lower_one(world: World, route: Route) -> None:
    wrong = []
    roles = needed(route)
    for who, rank in RANK.items():
        for method in METHODS:
            answer = ask(world, route, who, method)
            role = roles.get("GET" if method in ("HEAD", "OPTIONS") else method, V if method == "OPTIONS" else None)
            token_may = route.api and (route.path, method) not in FOR_PEOPLE_ONLY
            may = role is not None and rank is not None and rank >= role and (who != "token" or token_may)
            if (may and method in roles and is_kept_out(answer)) or (not may and answer.status < 300):
                wrong.append((who, method, answer.status))
    assert wrong == []


@pytest.mark.parametrize("route", ADMIN, ids=lambda route: route.path)
def test_the_django_admin_opens_for_admins_only(world: World, route: Route) -> None:
    outsiders = [(who, method) for who in ("nobody", "sam", "vera", "bob", "token") for method in ("GET", "POST")]
    assert [one for one in outsiders if not is_kept_out(ask(world, route, *one))] == []


@pytest.mark.parametrize("route", [route for route in ADMIN if route.filters], ids=lambda route: route.path)
@pytest.mark.parametrize("who", ["alice", "root"])
def test_admins_write_by_hand_only_what_is_theirs(world: World, route: Route, who: str) -> None:
    table, last = "/".join(route.path.split("/")[2:4]), route.path.rstrip("/").rpartition("/")[2]
    theirs = {"add": MAY_ADD, "change": MAY_CHANGE, "delete": MAY_DELETE}.get(last)
    if theirs is None or table.startswith(("axes/", "django_q/")):  # those of other packages: their own tests say what
        return
    answer = ask(world, route, who, "POST")
    assert (answer.status == 403) == (table not in theirs), answer.status


@pytest.mark.parametrize(
    "path", ["/static/css/base.css", "/static/../manage.py", "/static/%2e%2e/manage.py", "/static//etc/passwd"]
)
def test_static_files_are_for_everybody_and_nothing_else_is_among_them(world: World, path: str) -> None:
    answer = send(world, Asked("nobody", "GET", path))
    assert answer.status in (200, 404)
    assert b"django" not in answer.body
