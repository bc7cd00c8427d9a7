"""Lanes: so many at once, so many waiting, nobody before everybody, and every place is given back."""

import asyncio
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from burnin_site.core import callers, lanes
from burnin_site.core.buckets import Buckets
from burnin_site.core.callers import KnownCallers, claims_of
from burnin_site.core.doors import sign_in_paths
from burnin_site.core.lanes import BUSY, Lane, Lanes
from burnin_site.core.refusals import Refused

COOKIE = [(b"cookie", b"sessionid=abc; csrftoken=x")]
OWN_FORM = [(b"cookie", b"csrftoken=x"), (b"content-type", b"application/json")]


class Inside:
    """An application that is busy until it is told to go on."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.seen: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.seen.append(scope["client"][0])
        await self.go_on.wait()
        if scope["path"] == "/broken":
            raise RuntimeError("broken")


class Crowd:
    """Requests to one set of lanes."""

    def __init__(self) -> None:
        self.inside = Inside()
        self.lanes = Lanes(self.inside)
        self.statuses: list[int] = []

    async def _send(self, message: dict[str, Any]) -> None:
        if "status" in message:
            self.statuses.append(message["status"])

    def come(self, client: str, path: str = "/", method: str = "GET", headers: Any = ()) -> asyncio.Task[None]:
        scope = {
            "type": "http",
            "path": path,
            "method": method,
            "client": [client, 1],
            "headers": [*headers, *OWN_FORM],
        }
        return asyncio.ensure_future(self.lanes(scope, None, self._send))


async def settle() -> None:
    """Let every task run until it waits for something."""
    loop = asyncio.get_running_loop()
    for _ in range(10):
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> KnownCallers:
    own = KnownCallers()
    monkeypatch.setattr(lanes, "known_callers", own)
    return own


async def test_one_address_cannot_take_all_the_places_at_the_sign_in() -> None:
    crowd = Crowd()
    flood = [crowd.come("10.0.0.1", "/login", "POST") for _ in range(60)]
    await settle()
    other = crowd.come("10.0.0.2", "/login", "POST")
    await settle()
    assert crowd.statuses == [429] * 56
    crowd.inside.go_on.set()
    await asyncio.gather(*flood, other)
    assert sorted(crowd.inside.seen) == ["10.0.0.1"] * 4 + ["10.0.0.2"]


@pytest.mark.parametrize("path", sorted(["/login", "/setup", "/admin/login/", "/api/auth/login", "/api/auth/token"]))
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_two_passwords_are_checked_at_once_at_whatever_door(path: str, method: str) -> None:
    crowd = Crowd()
    tasks = [crowd.come(f"10.0.0.{number}", path, method) for number in range(30)]
    await settle()
    assert (len(crowd.inside.seen), crowd.statuses) == (2, [429] * 20)
    crowd.inside.go_on.set()
    await asyncio.gather(*tasks)
    assert len(crowd.inside.seen) == 10


async def test_a_network_of_one_customer_counts_as_one_address() -> None:
    crowd = Crowd()
    tasks = [crowd.come(f"2001:db8::{number:x}", "/login", "POST") for number in range(60)]
    await settle()
    assert crowd.statuses == [429] * 56
    crowd.inside.go_on.set()
    await asyncio.gather(*tasks)


async def test_strangers_are_refused_in_words_when_they_are_too_many() -> None:
    crowd = Crowd()
    tasks = [crowd.come(f"10.0.0.{number}") for number in range(100)]
    await settle()
    assert (len(crowd.inside.seen), crowd.statuses) == (4, [503] * 36)
    crowd.inside.go_on.set()
    await asyncio.gather(*tasks)


async def test_who_is_signed_in_does_not_wait_behind_strangers(known: KnownCallers) -> None:
    known.remember(claims_of(COOKIE)[0])
    crowd = Crowd()
    tasks = [crowd.come(f"10.0.0.{number}") for number in range(100)]
    tasks += [crowd.come("10.0.1.1", headers=COOKIE)]
    await settle()
    assert crowd.inside.seen[-1] == "10.0.1.1"
    crowd.inside.go_on.set()
    await asyncio.gather(*tasks)


async def test_a_made_up_session_is_a_stranger_s(known: KnownCallers) -> None:
    crowd = Crowd()
    tasks = [crowd.come("10.0.0.1", headers=COOKIE) for _ in range(6)]
    await settle()
    assert len(crowd.inside.seen) == 4
    crowd.inside.go_on.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("how", ["served", "broken", "cancelled", "cancelled while waiting", "refused"])
async def test_a_place_is_given_back_however_it_ends(how: str) -> None:
    crowd = Crowd()
    count = {"cancelled while waiting": 20, "refused": 100}.get(how, 4)
    tasks = [crowd.come("10.0.0.1", "/broken" if how == "broken" else "/") for _ in range(count)]
    await settle()
    if how.startswith("cancelled"):
        for task in tasks:
            task.cancel()
    crowd.inside.go_on.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert crowd.lanes.strangers._inside == {}
    assert not crowd.lanes.strangers.turn.locked()


def test_an_allowance_fills_up_again_with_time() -> None:
    now = [0.0]
    lane = Lane(at_once=9, waiting=0, per_address=9, full=BUSY, allowance=Buckets(3, 0.5, lambda: now[0]))

    def tries(address: str, count: int) -> int:
        let_in = 0
        for _ in range(count):
            try:
                lane.enter(address)
            except Refused:
                continue
            lane.leave(address)
            let_in += 1
        return let_in

    assert (tries("a", 5), tries("b", 1)) == (3, 1)
    now[0] = 4.0
    assert tries("a", 5) == 2


def test_what_is_remembered_of_a_caller_is_a_hash_and_ends() -> None:
    now = [0.0]
    known = KnownCallers(lambda: now[0])
    (claim,) = claims_of([(b"authorization", b"Token secret")])
    known.remember(claim)
    assert "secret" not in claim
    assert known.knows([claim])
    now[0] = callers.REMEMBERED_S + 1
    assert not known.knows([claim])


def test_every_view_that_is_named_for_signing_in_is_one_of_the_doors() -> None:
    """A new door must not be forgotten: whatever is called login, token or setup hashes a password."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
        found = []
        for each in patterns:
            path = prefix + str(each.pattern)
            found += walk(each.url_patterns, path) if isinstance(each, URLResolver) else ["/" + path]
        return found

    words = ("login", "token", "setup", "signin", "sign_in")
    doors = {path for path in walk(get_resolver().url_patterns, "") if path.rstrip("/").rsplit("/", 1)[-1] in words}
    assert doors == sign_in_paths()
