"""Which addresses may talk to the server at all.

An ASGI wrapper and not a Django middleware: those never see websockets.
"""

from collections.abc import Iterable, Iterator, MutableMapping
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from burnin_site.core.refusals import WRONG_ADDRESS, Refusal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Headers = Iterable[tuple[bytes, bytes]]  # names in lower case
ELSEWHERE = Refusal(403, WRONG_ADDRESS, "Your address is not allowed here. Ask an admin to add it to ALLOWED_IPS.")
POLICY_VIOLATION = 4403
# Tells nothing but "the process is alive", and the container's own health check comes from within.
ALWAYS_OPEN = ("/healthz",)


def parse_networks(words: Iterable[str], *, setting: str) -> tuple[Network, ...]:
    """Read addresses and CIDR networks.

    Raises ImproperlyConfigured: a typing mistake must not open the door, nor close it to everybody without a word.
    """
    try:
        return tuple(ip_network(word.strip(), strict=False) for word in words if word.strip())
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{setting}: {error}. Write addresses or networks such as 10.0.0.0/24, with commas."
        ) from error


def parse_address(text: str) -> Address | None:
    """Read an address; an IPv4 address that came wrapped in IPv6 is unwrapped. None for anything else."""
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class Networks:
    """Who may talk to the server, and who only hands on what others said."""

    def __init__(self, *, allowed: Iterable[str], proxies: Iterable[str]) -> None:
        self._allowed = parse_networks(allowed, setting="ALLOWED_IPS")
        self._proxies = parse_networks(proxies, setting="TRUSTED_PROXIES")

    def lets_in(self, address: Address | None, path: str) -> bool:
        """Say whether this client may ask for this path (no networks given: all may)."""
        if not self._allowed or path in ALWAYS_OPEN:
            return True
        return address is not None and _within(address, self._allowed)

    def is_proxy(self, host: str) -> bool:
        """Say whether this peer is a trusted proxy, behind which many people are."""
        peer = parse_address(host)
        return peer is not None and _within(peer, self._proxies)

    def client_of(self, host: str, headers: Headers) -> Address | None:
        """Return who sends what came from this peer: behind a trusted proxy, whom the headers name."""
        return self._nearest_stranger(_forwarded_for(headers)) if self.is_proxy(host) else parse_address(host)

    def _nearest_stranger(self, hops: Iterator[str]) -> Address | None:
        """Return the last hop that is no proxy of ours; None where the header is missing or unreadable."""
        for hop in hops:
            address = parse_address(hop)
            if address is None or not _within(address, self._proxies):
                return address
        return None


class AllowedNetworks:
    """Answers 403, or closes the websocket, for clients outside the allowed networks.

    Behind a trusted proxy the client is the nearest address in X-Forwarded-For that is no trusted proxy itself;
    everything further in (log-in lock-out, logs) sees that address and the browser's own scheme.
    """

    def __init__(self, app: Any, *, allowed: Iterable[str], proxies: Iterable[str]) -> None:
        self.app = app
        self.networks = Networks(allowed=allowed, proxies=proxies)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve or refuse one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope, address = self._seen_through_proxies(scope)
        if self.networks.lets_in(address, scope.get("path", "")):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            headers, content = ELSEWHERE.render(scope.get("path", ""))
            await send({"type": "http.response.start", "status": ELSEWHERE.status, "headers": headers})
            await send({"type": "http.response.body", "body": content})

    def _seen_through_proxies(self, scope: MutableMapping[str, Any]) -> tuple[MutableMapping[str, Any], Address | None]:
        host, port = scope.get("client") or ("", 0)
        client = self.networks.client_of(host, scope["headers"])
        if not self.networks.is_proxy(host):
            return scope, client
        seen = {**scope, "client": [str(client or parse_address(host)), port]}
        if _header(scope, b"x-forwarded-proto") == "https":
            seen["scheme"] = "wss" if scope["type"] == "websocket" else "https"
        return seen, client


def address_key(host: object) -> str:
    """Return under which name an address is counted: with IPv6 one customer has a whole /64."""
    address = parse_address(str(host))
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _forwarded_for(headers: Headers) -> Iterator[str]:
    """Yield the addresses of X-Forwarded-For, the nearest first: only that end was written by our own proxy."""
    lines = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    return reversed([hop for hop in ",".join(lines).split(",") if hop.strip()])


def _header(scope: MutableMapping[str, Any], wanted: bytes) -> str:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
    return values[-1].strip().lower() if values else ""
