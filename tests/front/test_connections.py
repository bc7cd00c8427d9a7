"""The ledger of connections, with a clock that is set by hand."""

from collections.abc import Callable

import pytest

from burnin_site.core.networks import Networks
from burnin_site.core.refusals import Refusal, Refused
from burnin_site.front import limits
from burnin_site.front.connections import Connections, Phase


class Peer:
    """A connection that notes what is done to it."""

    def __init__(self, ledger: Connections, peer: str = "10.0.0.1", phase: Phase = Phase.IDLE) -> None:
        self.peer, self.phase, self.since = peer, phase, ledger.now()
        self.caller, self.body_bytes, self.socket_payer = "", 0, ""
        self.left = 0
        self.end = ""
        self._ledger = ledger
        ledger.admit(self)

    def refuse(self, refusal: Refusal) -> None:
        self.end, self.phase = str(refusal.status), Phase.LEAVING
        self._ledger.release(self)

    def leave(self) -> None:
        self.end = "closed"

    def drop(self) -> None:
        self.end = "dropped"
        self._ledger.forget(self)

    def unread(self) -> int:
        return self.left


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(clock: Clock) -> Connections:
    return Connections(Networks(allowed=(), proxies=("10.9.9.9",)), most=10, clock=clock)


@pytest.mark.parametrize("phase", [Phase.IDLE, Phase.HEADERS, Phase.BODY, Phase.LEAVING])
def test_when_all_places_are_taken_the_one_that_kept_us_waiting_for_longest_goes(
    ledger: Connections, clock: Clock, phase: Phase
) -> None:
    peers = []
    for number in range(11):
        clock.now = float(number)
        peers.append(Peer(ledger, f"10.0.0.{number}", phase))
    assert [peer.end for peer in peers] == ["dropped"] + [""] * 10
    assert len(ledger) == 10


def test_who_is_signed_in_goes_last_and_who_is_served_never(ledger: Connections) -> None:
    served = [Peer(ledger, phase=Phase.SERVED) for _ in range(4)]
    sockets = [Peer(ledger, phase=Phase.SOCKET) for _ in range(4)]
    known, stranger = Peer(ledger), Peer(ledger)
    known.caller = "somebody"
    newest = Peer(ledger)
    assert (stranger.end, known.end, newest.end) == ("dropped", "", "")
    assert Peer(ledger).end == ""
    assert (newest.end, known.end) == ("dropped", "")
    assert {peer.end for peer in served + sockets} == {""}


def test_a_new_one_is_turned_away_where_all_others_are_served(ledger: Connections) -> None:
    for _ in range(10):
        Peer(ledger, phase=Phase.SERVED)
    assert Peer(ledger).end == "dropped"


@pytest.mark.parametrize(("peer", "kept"), [("10.0.0.1", 3), ("10.9.9.9", 8)], ids=["client", "proxy"])
def test_one_address_has_its_share_and_a_proxy_speaks_for_many(
    ledger: Connections, monkeypatch: pytest.MonkeyPatch, peer: str, kept: int
) -> None:
    monkeypatch.setattr(limits, "CONNECTIONS_PER_ADDRESS", 3)
    other = Peer(ledger, "10.0.0.2")
    peers = [Peer(ledger, peer) for _ in range(8)]
    assert sum(not each.end for each in peers) == kept
    assert not other.end


@pytest.mark.parametrize(
    ("phase", "patience_s", "end"),
    [
        (Phase.HEADERS, limits.HEADERS_WITHIN_S, "408"),
        (Phase.BODY, limits.BODY_WITHIN_S, "408"),
        (Phase.IDLE, limits.IDLE_S, "closed"),
        (Phase.LEAVING, limits.LINGER_S, "dropped"),
        (Phase.SERVED, 3600.0, ""),
        (Phase.SOCKET, 3600.0, ""),
    ],
)
def test_each_state_has_its_time(ledger: Connections, clock: Clock, phase: Phase, patience_s: float, end: str) -> None:
    peer = Peer(ledger, phase=phase)
    clock.now = patience_s
    ledger.sweep()
    assert not peer.end
    clock.now = patience_s + 0.1
    ledger.sweep()
    assert peer.end == end


def test_who_takes_nothing_of_what_we_send_is_dropped_and_who_takes_little_is_not(
    ledger: Connections, clock: Clock
) -> None:
    silent, slow = Peer(ledger, phase=Phase.SERVED), Peer(ledger, phase=Phase.SOCKET)
    silent.left, slow.left = 1000, 1000
    for step in range(int(limits.STALLED_S) + 3):
        clock.now = float(step)
        slow.left -= 1
        ledger.sweep()
    assert (silent.end, slow.end) == ("dropped", "")


def test_what_nobody_reads_has_a_limit_in_all(ledger: Connections) -> None:
    small, large = Peer(ledger, phase=Phase.SERVED), Peer(ledger, phase=Phase.SOCKET)
    small.left, large.left = limits.UNREAD // 2, limits.UNREAD
    ledger.sweep()
    assert (small.end, large.end) == ("", "dropped")


def test_the_bodies_of_strangers_have_a_budget_and_the_largest_unfinished_one_goes(ledger: Connections) -> None:
    half = limits.BODIES // 2
    first, second, small = (Peer(ledger, phase=Phase.BODY) for _ in range(3))
    ledger.hold(first, half - 1)
    ledger.hold(second, half)
    ledger.hold(small, 1)
    assert not first.end
    ledger.hold(small, 1)
    assert (first.end, second.end, small.end) == ("", "503", "")
    known = Peer(ledger, phase=Phase.BODY)
    known.caller = "somebody"
    ledger.hold(known, limits.BODIES_PER_CALLER)
    assert (first.end, small.end) == ("", "")
    first.phase = Phase.SERVED
    with pytest.raises(Refused):
        ledger.hold(small, limits.BODIES)


def test_websockets_are_counted_by_address_by_session_and_in_all(clock: Clock) -> None:
    ledger = Connections(Networks(allowed=(), proxies=()), clock=clock)

    def opened(peers: list[Peer], caller: str) -> int:
        count = 0
        for peer in peers:
            clock.now += 1
            peer.caller = caller
            try:
                ledger.admit_socket(peer, peer.peer)
            except Refused:
                continue
            count += 1
        return count

    strangers = [Peer(ledger, phase=Phase.SERVED) for _ in range(limits.SOCKETS_PER_ADDRESS + 5)]
    assert opened(strangers, "") == limits.SOCKETS_PER_ADDRESS
    assert opened([Peer(ledger, "10.0.0.2", Phase.SERVED)], "") == 1
    person = [Peer(ledger, phase=Phase.SERVED) for _ in range(limits.SOCKETS_PER_PERSON + 5)]
    assert opened(person, "claim") == limits.SOCKETS_PER_PERSON
    for peer in [*ledger._open]:
        ledger.forget(peer)
    assert (ledger.sockets, len(ledger)) == (0, 0)


def known_peers(ledger: Connections, callers: list[str]) -> list[Peer]:
    peers = [Peer(ledger, f"10.0.1.{number}", Phase.BODY) for number in range(len(callers))]
    for peer, caller in zip(peers, callers, strict=True):
        peer.caller = caller
    return peers


def test_each_caller_has_a_budget_for_bodies_and_its_own_largest_unfinished_one_goes(clock: Clock) -> None:
    ledger = Connections(Networks(allowed=(), proxies=()), clock=clock)
    large, small, other = known_peers(ledger, ["a", "a", "b"])
    ledger.hold(other, limits.BODIES_PER_CALLER)
    ledger.hold(large, limits.BODIES_PER_CALLER - 1)
    ledger.hold(small, 2)
    assert (large.end, small.end, other.end) == ("503", "", "")
    with pytest.raises(Refused):
        ledger.hold(small, limits.BODIES_PER_CALLER)


def test_all_callers_have_a_budget_for_bodies_and_who_holds_the_most_gives_something_up(clock: Clock) -> None:
    ledger = Connections(Networks(allowed=(), proxies=()), clock=clock)
    count = limits.BODIES_OF_CALLERS // limits.BODIES_PER_CALLER
    peers = known_peers(ledger, [str(number) for number in range(count)])
    for peer in peers:
        ledger.hold(peer, limits.BODIES_PER_CALLER)
    (late,) = known_peers(ledger, ["late"])
    ledger.hold(late, 1)
    assert [peer.end for peer in peers].count("503") == 1
    assert late.end == ""


@pytest.mark.parametrize("caller", ["", "somebody"])
def test_a_body_counts_until_it_is_answered_also_when_its_connection_is_gone(clock: Clock, caller: str) -> None:
    ledger = Connections(Networks(allowed=(), proxies=()), clock=clock)
    budget = limits.BODIES_PER_CALLER if caller else limits.BODIES
    first, second = known_peers(ledger, [caller, caller])
    ended: list[Callable[[object], None]] = []
    ledger.hold(first, budget)
    ledger.hand_over(first, ended.append)
    first.drop()
    with pytest.raises(Refused):
        ledger.hold(second, 1)
    ledger.release(second)
    ended[0](None)
    ledger.hold(second, budget)
