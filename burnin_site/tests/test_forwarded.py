"""What a request says about its way is believed only where a trusted proxy says it, and only what is needed of it."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application

from burnin_site.core.forwarded import NothingForwarded
from burnin_site.core.networks import AllowedNetworks

STRANGER, PROXY = "203.0.113.9", "10.0.0.1"
HEADERS = [
    (b"daphne-root-path", b"//evil.example"),
    (b"x-forwarded-host", b"evil.example"),
    (b"x-forwarded-port", b"1"),
    (b"x-forwarded-prefix", b"/evil"),
    (b"x-forwarded-for", b"10.0.0.7"),
    (b"x-forwarded-proto", b"https"),
    (b"x-real-ip", b"10.0.0.7"),
    (b"forwarded", b"for=10.0.0.7;host=evil.example"),
    (b"x-original-url", b"/admin/"),
    (b"x-rewrite-url", b"/admin/"),
    (b"x-http-method-override", b"DELETE"),
    (b"x-script-name", b"/evil"),
    (b"remote-user", b"root"),
    (b"remote_user", b"root"),
    (b"x_forwarded_host", b"evil.example"),
]


async def seen_inside(kind: str, client: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """Return the scope that arrives at the application."""
    seen: list[dict[str, Any]] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    scope = {"type": kind, "client": [client, 1], "root_path": "//evil.example", "scheme": "http", "path": "/"}
    outside = AllowedNetworks(NothingForwarded(inside), allowed=[], proxies=[PROXY])
    await outside({**scope, "headers": [(b"host", b"bench"), *headers]}, None, None)
    return seen[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("client", [STRANGER, PROXY])
@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header[0].decode())
async def test_nothing_further_in_hears_of_it(kind: str, client: str, header: tuple[bytes, bytes]) -> None:
    scope = await seen_inside(kind, client, [header])
    assert scope["headers"] == [(b"host", b"bench")]
    assert scope["root_path"] == ""


async def test_a_trusted_proxy_still_says_who_asks_and_how() -> None:
    way = [(b"x-forwarded-for", b"198.51.100.4"), (b"x-forwarded-proto", b"https")]
    scope = await seen_inside("http", PROXY, way)
    assert (scope["client"][0], scope["scheme"]) == ("198.51.100.4", "https")
    scope = await seen_inside("http", STRANGER, way)
    assert (scope["client"][0], scope["scheme"]) == (STRANGER, "http")


async def test_what_belongs_to_the_request_stays() -> None:
    plain = [(b"authorization", b"Token x"), (b"cookie", b"a=b"), (b"origin", b"http://bench"), (b"accept", b"*/*")]
    assert (await seen_inside("http", STRANGER, plain))["headers"][1:] == plain


async def ask(path: str, root_path: str, *, allowed: list[str]) -> tuple[int, dict[str, str]]:
    """Ask the whole application, as Daphne hands a request on that had the header Daphne-Root-Path."""
    door = AllowedNetworks(NothingForwarded(get_asgi_application()), allowed=allowed, proxies=[])
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "root_path": root_path}
    scope |= {"headers": [(b"host", b"testserver")], "client": [STRANGER, 1], "scheme": "http", "server": ["x", 80]}
    talk: Any = ApplicationCommunicator(door, scope)  # type: ignore[no-untyped-call]
    await talk.send_input({"type": "http.request", "body": b""})
    start = await talk.receive_output(10)
    return start["status"], {name.decode().lower(): value.decode() for name, value in start["headers"]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("root", ["//evil.example", "/evil", "/login", "https://evil.example"])
async def test_a_redirect_of_ours_stays_here(root: str) -> None:
    status, headers = await ask("/", root, allowed=[])
    assert (status, headers["location"]) == (302, "/login?next=/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("root", ["/healthz", "/health", "/"])
async def test_the_open_address_of_the_health_check_opens_nothing_else(root: str) -> None:
    status, headers = await ask("/healthz", root, allowed=["10.0.0.0/8"])
    assert (status, headers["content-type"]) == (200, "application/json")
    assert (await ask("/", root, allowed=["10.0.0.0/8"]))[0] == 403
