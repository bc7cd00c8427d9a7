"""Who is served when: people who are signed in, strangers, and sign-ins each have their own lane.

Django gives each request a thread, as many as come. Sixty sign-ins at once would then share the processors with the
pages of everybody else. Here each lane has a few places, a short queue, and a sentence for whoever finds it full; and
no address takes a whole lane.
"""

from asyncio import Semaphore
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

from burnin_site.core.buckets import Buckets
from burnin_site.core.callers import claims_of, known_callers
from burnin_site.core.doors import is_sign_in, turn_away
from burnin_site.core.networks import address_key
from burnin_site.core.refusals import Refusal, Refused

# From one address: what a room full of people behind one router does in a minute, and no dictionary.
SIGN_INS_BURST, SIGN_INS_PER_S = 30, 0.5
BUSY = Refusal(503, "busy", "The server has too much to do at the moment. Try again in a few seconds.", 3)
TOO_MANY_SIGN_INS = Refusal(
    429, "too_many_sign_ins", "Too many people sign in at once. Try again in a moment.", retry_after_s=3
)


class Lane:
    """So many at once, so many waiting, so many of these for one address, and so often."""

    def __init__(
        self, *, at_once: int, waiting: int, per_address: int, full: Refusal, allowance: Buckets | None = None
    ) -> None:
        self.turn = Semaphore(at_once)
        self._most, self._per_address, self._full = at_once + waiting, per_address, full
        self._allowance = allowance
        self._inside: Counter[str] = Counter()

    def enter(self, address: str) -> None:
        """Take a place. Raises Refused when there is none."""
        if self._inside.total() >= self._most or self._inside[address] >= self._per_address:
            raise Refused(self._full)
        if self._allowance is not None and not self._allowance.take(address):
            raise Refused(self._full)
        self._inside[address] += 1

    def leave(self, address: str) -> None:
        """Give the place back."""
        self._inside[address] -= 1
        if not self._inside[address]:
            del self._inside[address]


class Lanes:
    """ASGI wrapper around the pages and the API. Known callers: see `core.callers`."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.people = Lane(at_once=8, waiting=120, per_address=128, full=BUSY)
        self.strangers = Lane(at_once=4, waiting=60, per_address=32, full=BUSY)
        allowance = Buckets(SIGN_INS_BURST, SIGN_INS_PER_S)
        self.sign_ins = Lane(at_once=2, waiting=8, per_address=4, full=TOO_MANY_SIGN_INS, allowance=allowance)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one request in its lane, or say why not."""
        lane, address = self._lane(scope), address_key((scope.get("client") or ("",))[0])
        try:
            if lane is self.sign_ins:
                turn_away(scope)
            lane.enter(address)
        except Refused as refused:
            await answer(refused.refusal, scope, send)
            return
        try:
            async with lane.turn:
                await self.app(scope, receive, send)
        finally:
            lane.leave(address)

    def _lane(self, scope: MutableMapping[str, Any]) -> Lane:
        if is_sign_in(scope):
            return self.sign_ins
        return self.people if known_callers.knows(claims_of(scope["headers"])) else self.strangers


async def answer(refusal: Refusal, scope: MutableMapping[str, Any], send: Any) -> None:
    """Send a refusal through ASGI."""
    headers, content = refusal.render(scope["path"])
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
