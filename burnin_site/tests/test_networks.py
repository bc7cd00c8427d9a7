"""Which addresses reach the server."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from burnin_site.core.networks import AllowedNetworks


class Inside:
    """The application behind the wrapper; remembers what it was given."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scopes.append(scope)


async def knock(  # what came back, and what the application saw
    client: str,
    *,
    allowed: tuple[str, ...] = (),
    proxies: tuple[str, ...] = (),
    headers: dict[str, str] | None = None,
    kind: str = "http",
    path: str = "/",
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    inside, sent = Inside(), []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {}

    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": kind, "client": [client, 50000], "headers": raw, "path": path, "scheme": "http"}
    await AllowedNetworks(inside, allowed=allowed, proxies=proxies)(scope, receive, send)
    return sent, inside.scopes


async def is_let_in(client: str, **options: Any) -> bool:
    return bool((await knock(client, **options))[1])


async def test_everybody_may_when_nothing_is_configured() -> None:
    assert await is_let_in("203.0.113.7")
    assert await is_let_in("")


@pytest.mark.parametrize("client", ["10.0.0.9", "192.168.7.7", "::ffff:10.0.0.9", "fd00::1"])
async def test_listed_addresses_and_networks_may(client: str) -> None:
    assert await is_let_in(client, allowed=("10.0.0.0/24", "192.168.7.7", "fd00::/8"))


@pytest.mark.parametrize("client", ["10.0.1.9", "127.0.0.1", "::1", "", "nonsense"])
async def test_others_get_a_sentence_and_403(client: str) -> None:
    sent, seen = await knock(client, allowed=("10.0.0.0/24",))
    assert not seen
    assert sent[0]["status"] == 403
    assert b"ALLOWED_IPS" in sent[1]["body"]


async def test_other_websockets_are_closed_before_they_open() -> None:
    sent, seen = await knock("10.0.1.9", allowed=("10.0.0.0/24",), kind="websocket")
    assert (sent, seen) == ([{"type": "websocket.close", "code": 4403}], [])


async def test_a_forwarded_address_counts_only_from_a_trusted_proxy() -> None:
    headers = {"x-forwarded-for": "10.0.0.9"}
    assert not await is_let_in("203.0.113.7", allowed=("10.0.0.0/24",), headers=headers)
    assert await is_let_in("172.16.0.1", allowed=("10.0.0.0/24",), proxies=("172.16.0.1",), headers=headers)


async def test_a_client_cannot_forge_the_hop_that_the_proxy_wrote() -> None:
    headers = {"x-forwarded-for": "10.0.0.9, 203.0.113.7"}
    assert not await is_let_in("172.16.0.1", allowed=("10.0.0.0/24",), proxies=("172.16.0.1",), headers=headers)


async def test_several_trusted_proxies_are_seen_through() -> None:
    headers = {"x-forwarded-for": "203.0.113.7, 10.0.0.9, 172.16.0.2"}
    options: dict[str, Any] = {"allowed": ("10.0.0.0/24",), "proxies": ("172.16.0.0/24",), "headers": headers}
    _, seen = await knock("172.16.0.1", **options)
    assert seen[0]["client"][0] == "10.0.0.9"


@pytest.mark.parametrize("headers", [{}, {"x-forwarded-for": "unknown"}])
async def test_a_proxy_that_does_not_say_for_whom_is_not_let_in_itself(headers: dict[str, str]) -> None:
    options: dict[str, Any] = {"allowed": ("172.16.0.0/24",), "proxies": ("172.16.0.1",), "headers": headers}
    assert not await is_let_in("172.16.0.1", **options)


async def test_the_browser_s_scheme_is_believed_from_a_trusted_proxy_only() -> None:
    headers = {"x-forwarded-for": "10.0.0.9", "x-forwarded-proto": "https"}
    _, trusted = await knock("172.16.0.1", proxies=("172.16.0.1",), headers=headers)
    _, stranger = await knock("203.0.113.7", proxies=("172.16.0.1",), headers=headers)
    assert (trusted[0]["scheme"], stranger[0]["scheme"]) == ("https", "http")


async def test_the_health_check_is_open_to_the_container_itself() -> None:
    assert await is_let_in("127.0.0.1", allowed=("10.0.0.0/24",), path="/healthz")
    assert not await is_let_in("127.0.0.1", allowed=("10.0.0.0/24",), path="/readyz")


@pytest.mark.parametrize("word", ["10.0.0.0/33", "office"])
def test_a_mistyped_network_stops_the_start(word: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_IPS"):
        AllowedNetworks(Inside(), allowed=(word,), proxies=())
