"""All open connections: how many, from where, in which state since when, and which of them goes when it is too much."""

from collections import Counter
from collections.abc import Callable
from enum import Enum
from time import monotonic
from typing import Any, Protocol

from burnin_site.core.buckets import Buckets
from burnin_site.core.networks import Networks, address_key
from burnin_site.core.refusals import Refusal, Refused
from burnin_site.front import limits, refusals
from burnin_site.front.bodies import Bodies


class Phase(Enum):
    """What a connection is doing."""

    IDLE = "waits for a request"
    HEADERS = "sends a request line and headers"
    BODY = "sends a body"
    SERVED = "is being answered"
    SOCKET = "is a websocket"
    LEAVING = "was refused; what is still on its way is thrown away"


class Connection(Protocol):
    """What is known of a connection; `front.channel` has the real one."""

    peer: str
    phase: Phase
    since: float
    caller: str  # the claim that is known, "": a stranger
    body_bytes: int
    socket_payer: str

    def refuse(self, refusal: Refusal) -> None:
        """Say a sentence and leave."""

    def leave(self) -> None:
        """Close when everything is sent."""

    def drop(self) -> None:
        """Close at once."""

    def unread(self) -> int:
        """Return how many bytes the other side has not taken yet."""


class Connections:
    """The ledger of one server process."""

    def __init__(
        self, networks: Networks, *, most: int = limits.CONNECTIONS, clock: Callable[[], float] = monotonic
    ) -> None:
        self.networks, self.now, self._most = networks, clock, most
        self._open: dict[Connection, None] = {}
        self._bodies = Bodies()
        self._by_address: Counter[str] = Counter()
        self._sockets: Counter[str] = Counter()
        self._openings = Buckets(limits.SOCKET_OPENINGS_BURST, limits.SOCKET_OPENINGS_PER_S, clock)
        self._stalled: dict[Connection, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._open)

    @property
    def sockets(self) -> int:
        """How many websockets there are."""
        return self._sockets.total()

    def admit(self, connection: Connection) -> None:
        """Count a new connection. Where it is one too many, the one that has kept us waiting for longest goes."""
        self._open[connection] = None
        self._by_address[connection.peer] += 1
        too_many = self._by_address[connection.peer] > limits.CONNECTIONS_PER_ADDRESS
        if too_many and not self.networks.is_proxy(connection.peer):
            self._drop_one([each for each in self._open if each.peer == connection.peer])
        if len(self._open) > self._most:
            self._drop_one(list(self._open))

    def forget(self, connection: Connection) -> None:
        """Note that a connection is gone."""
        if connection not in self._open:
            return
        del self._open[connection]
        self._stalled.pop(connection, None)
        self.release(connection)
        _less(self._by_address, connection.peer)
        if connection.socket_payer:
            _less(self._sockets, connection.socket_payer)

    def admit_socket(self, connection: Connection, client: object) -> None:
        """Count a websocket, for its person where we know them, else for the address. Raises Refused."""
        if self.sockets >= limits.SOCKETS:
            raise Refused(refusals.NO_ROOM_FOR_SOCKETS)
        payer = connection.caller or address_key(client)
        most = limits.SOCKETS_PER_PERSON if connection.caller else limits.SOCKETS_PER_ADDRESS
        if self._sockets[payer] >= most or not self._openings.take(payer):
            raise Refused(refusals.MANY_SOCKETS)
        connection.socket_payer = payer
        self._sockets[payer] += 1

    def hold(self, connection: Connection, size: int) -> None:
        """Count bytes of a body that were kept. Over the budget the largest unfinished one goes. Raises Refused."""
        connection.body_bytes += size
        self._bodies.take(connection.caller, size)
        too_much = self._bodies.who_has_too_much(connection.caller)
        if too_much is None:
            return
        largest = max(self._unfinished(too_much, connection), key=self._weight, default=connection)
        if self._weight(largest) <= self._weight(connection):
            raise Refused(refusals.CROWDED)
        largest.refuse(refusals.CROWDED)

    def _unfinished(self, callers: list[str], new: Connection) -> list[Connection]:
        return [each for each in self._open if each.phase is Phase.BODY and each.caller in callers and each is not new]

    def _weight(self, connection: Connection) -> tuple[int, int]:
        return self._bodies[connection.caller], connection.body_bytes

    def hand_over(self, connection: Connection, call_when_answered: Callable[[Callable[[Any], None]], Any]) -> None:
        """Count the body until the application is through with it, also where the connection is gone before that."""
        caller, size = connection.caller, connection.body_bytes
        if size:
            connection.body_bytes = 0
            call_when_answered(lambda _: self._bodies.give_back(caller, size))

    def release(self, connection: Connection) -> None:
        """Note that the body of this connection is not kept any more."""
        self._bodies.give_back(connection.caller, connection.body_bytes)
        connection.body_bytes = 0

    def sweep(self) -> None:
        """Send everybody away whose time is over."""
        now = self.now()
        for connection in list(self._open):
            _hurry(connection, now - connection.since)
        self._drop_stalled(now)

    def _drop_stalled(self, now: float) -> None:
        unread = {each: left for each in self._open if (left := each.unread())}
        earlier = self._stalled
        self._stalled = {each: _since(earlier.get(each), left, now) for each, left in unread.items()}
        for connection in list(unread):
            if now - self._stalled[connection][1] > limits.STALLED_S:
                unread.pop(connection)
                connection.drop()
        while sum(unread.values()) > limits.UNREAD:
            largest = max(unread, key=lambda each: unread[each])
            del unread[largest]
            largest.drop()

    def _drop_one(self, candidates: list[Connection]) -> None:
        """Drop who has sent nothing useful for longest, strangers first; the newest, where all others are served."""
        waiting = [each for each in candidates if each.phase not in (Phase.SERVED, Phase.SOCKET)]
        # The new one waits too, and it alone has not had the time to do better.
        older = waiting[:-1] or waiting
        min(older, key=lambda each: (bool(each.caller), each.since), default=candidates[-1]).drop()


def _hurry(connection: Connection, age_s: float) -> None:
    """End what takes too long."""
    if connection.phase is Phase.HEADERS and age_s > limits.HEADERS_WITHIN_S:
        connection.refuse(refusals.LATE_HEADERS)
    elif connection.phase is Phase.BODY and age_s > limits.BODY_WITHIN_S:
        connection.refuse(refusals.LATE_BODY)
    elif connection.phase is Phase.IDLE and age_s > limits.IDLE_S:
        connection.leave()
    elif connection.phase is Phase.LEAVING and age_s > limits.LINGER_S:
        connection.drop()


def _since(before: tuple[int, float] | None, left: int, now: float) -> tuple[int, float]:
    """Return how much is unread and since when none of it was taken."""
    return (left, before[1]) if before is not None and left >= before[0] else (left, now)


def _less(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
