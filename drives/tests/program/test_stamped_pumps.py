"""The threads of the stamped engine: in order, none lost, and none ahead of a transfer that went wrong."""

import errno
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from drives.hosts.program.engines.stamped_narrow import cut
from drives.hosts.program.engines.stamped_pumps import PUMPS, Pumps, Transfer, Work, stations

PIECE = 4096
COUNT = 40


class Ordered(Work):
    """Work that does at each place what a test wants."""

    def __init__(self, at: dict[int, Callable[[], None]] | None = None, wrong: frozenset[int] = frozenset()) -> None:
        self.at = at or {}
        self.wrong = wrong
        self.begun: list[int] = []
        self.ordered = threading.Event()
        self.ordered.set()

    def prepare(self, transfer: Transfer) -> None:
        """Note it."""
        self.begun.append(transfer.offset // PIECE)

    def access(self, _view: memoryview, offset: int) -> None:
        """Do what is ordered."""
        self.ordered.wait(20)
        self.at.get(offset // PIECE, lambda: None)()

    def check(self, transfer: Transfer) -> bool:
        """Say what is ordered."""
        return transfer.offset // PIECE not in self.wrong


@contextmanager
def pumping(work: Work, count: int = COUNT) -> Iterator[Pumps]:
    pumps = Pumps(work, stations(PUMPS, PIECE), cut(0, count * PIECE, PIECE), 0)
    yield pumps
    pumps.close()


def follow(pumps: Pumps) -> Iterator[Transfer]:
    deadline = time.monotonic() + 20
    while pumps.busy:
        assert time.monotonic() < deadline
        for transfer in pumps.receive(0.01):
            yield transfer
            pumps.settled(transfer)


def void(_: object) -> None:
    """Forget what a call returns."""


def take(seconds: float) -> None:
    """Be a drive that takes so long."""
    threading.Event().wait(seconds)


def fail() -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_they_come_in_the_order_of_their_places_however_long_each_takes() -> None:
    slow = dict.fromkeys((0, 7, 8, 39), lambda: take(0.02))
    with pumping(Ordered(slow)) as pumps:
        done = list(follow(pumps))
    assert [one.offset // PIECE for one in done] == list(range(COUNT))
    assert all(one.as_it_should and one.error is None and one.ended >= one.began for one in done)


@pytest.mark.parametrize("wrong", [{}, {5: fail}])
def test_nothing_new_begins_until_what_went_wrong_is_settled(wrong: dict[int, Callable[[], None]]) -> None:
    work = Ordered(wrong, frozenset({5} - wrong.keys()))
    with pumping(work) as pumps:
        followed = follow(pumps)
        met = next(one for one in followed if not one.as_it_should)
        ahead = pumps.receive(0.2)  # what the other ones were at
        begun = len(work.begun)
        assert pumps.receive(0.2) == []
        assert (met.offset // PIECE, len(work.begun)) == (5, begun)
        assert bool(met.error) is bool(wrong)
        assert [one.offset // PIECE for one in (*ahead, *followed)] == list(range(6, COUNT))


def test_all_that_went_wrong_at_once_must_be_settled() -> None:
    work, at_once = Ordered(), threading.Barrier(PUMPS)
    work.at = {number: lambda: fail() if at_once.wait() >= 0 else None for number in range(PUMPS)}
    with pumping(work) as pumps:
        met: list[Transfer] = []
        while len(met) < PUMPS:
            met += pumps.receive(0.2)
        for transfer in met[:-1]:
            pumps.settled(transfer)
        assert pumps.receive(0.2) == []
        pumps.settled(met[-1])
        assert [one.offset // PIECE for one in follow(pumps)] == list(range(PUMPS, COUNT))


def test_another_one_that_goes_wrong_while_one_is_settled_is_waited_for_too() -> None:
    work, together, later = Ordered(), threading.Barrier(PUMPS), threading.Event()
    work.ordered.clear()
    with pumping(work) as pumps:
        shared = pumps._shared

        def come_to_the_gate() -> None:
            together.wait(20)
            while shared.gate.is_set():
                take(0.001)

        work.at = dict.fromkeys(range(PUMPS), come_to_the_gate)
        work.at[0] = lambda: fail() if together.wait(20) >= 0 else None
        work.at[1] = lambda: fail() if together.wait(20) >= 0 and later.wait(20) else None
        work.ordered.set()
        met: list[Transfer] = []
        while not met:
            met = pumps.receive(0.2)
        later.set()
        deadline = time.monotonic() + 20
        while not any(one.offset == PIECE for one in list(shared.done)):  # it went wrong, and nobody was told yet
            assert time.monotonic() < deadline
        pumps.settled(met[0])
        take(0.3)
        assert len(work.begun) == PUMPS
        assert [one.offset // PIECE for one in follow(pumps)] == list(range(1, COUNT))


def test_all_of_them_may_go_wrong() -> None:
    with pumping(Ordered(dict.fromkeys(range(COUNT), fail))) as pumps:
        done = list(follow(pumps))
    assert [one.offset // PIECE for one in done] == list(range(COUNT))
    assert all(one.error for one in done)


def test_a_drive_that_hangs_gives_nothing_and_holds_up_nobody() -> None:
    answer = threading.Event()
    with pumping(Ordered({0: lambda: void(answer.wait())})) as pumps:
        assert pumps.receive(0.05) == []
        assert pumps.busy
        answer.set()
        assert len(list(follow(pumps))) == COUNT


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_pump_that_dies_is_told() -> None:
    def die() -> None:
        raise ValueError("a bug")

    with pumping(Ordered({3: die})) as pumps, pytest.raises(RuntimeError, match="has died"):
        list(follow(pumps))


def test_the_drive_is_not_made_to_look_slow_by_what_waits_in_front_of_it() -> None:
    turn = threading.Lock()

    def one_after_the_other() -> None:
        with turn:
            take(0.01)

    with pumping(Ordered(dict.fromkeys(range(COUNT), one_after_the_other))) as pumps:
        done = list(follow(pumps))
    span = max(one.ended for one in done) - min(one.began for one in done)
    assert sum(one.seconds for one in done) <= span + 0.001
