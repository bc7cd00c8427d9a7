"""Websockets are for our own pages."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from burnin_site.core.websocket_origin import OwnPagesOnly


async def is_let_in(origin: str | None) -> bool:
    seen: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def send(message: dict[str, Any]) -> None:
        assert message["type"] == "websocket.close"

    headers = [(b"host", b"bench.example:8080")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    await OwnPagesOnly(inside)({"type": "websocket", "headers": headers}, None, send)
    return bool(seen)


@pytest.mark.parametrize("origin", [None, "http://bench.example:8080", "https://Bench.example:8080"])
async def test_our_pages_and_programs_may(origin: str | None) -> None:
    assert await is_let_in(origin)


@pytest.mark.parametrize("origin", ["http://bench.example", "http://evil.example:8080", "null", "", "file://"])
async def test_pages_of_other_sites_may_not(origin: str) -> None:
    assert not await is_let_in(origin)


async def test_a_trusted_origin_may(settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://proxy.example"]
    assert await is_let_in("https://proxy.example")
