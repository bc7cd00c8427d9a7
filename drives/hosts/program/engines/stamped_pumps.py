"""Threads that each make, transfer and compare by themselves, so that the drive always has its next order.

Handing each transfer over to another thread would cost more than all that is done to it: a pump tells only afterwards
what it did. The one who follows them takes the transfers in the order of their places; a transfer that went wrong stays
as it is, and nothing new begins, until he is done with it.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from typing import Deque, Dict, Iterator, List, Tuple

from drives.hosts.program.engines.stamped_buffer import Buffer, Expected, buffers

# So many transfers on their way, or waiting at the drive, that no delay of this program is a delay of the drive: with
# two, a device of 2 GB/s still waited for this program now and then
PUMPS = 4
LAST_WAIT = 5.0
CLOSING_IS_SEEN = 0.1


@dataclass(frozen=True)
class Station:
    """The memory of one pump: what it transfers, and what a read should bring."""

    buffer: Buffer
    expected: Expected


@dataclass
class Transfer:
    """One read or write, and how it went. `seconds` is how long the drive alone took for it."""

    station: Station
    offset: int
    length: int
    error: OSError | None = None
    as_it_should: bool = False
    began: float = 0.0
    ended: float = 0.0
    seconds: float = 0.0
    settled: threading.Event | None = None

    @property
    def view(self) -> memoryview:
        return self.station.buffer.view[: self.length]


class Work(ABC):
    """What is done to each piece of a drive. All of it is called from several threads at once."""

    @abstractmethod
    def prepare(self, transfer: Transfer) -> None:
        """Make a transfer ready to be sent."""

    @abstractmethod
    def access(self, view: memoryview, offset: int) -> None:
        """Read or write."""

    @abstractmethod
    def check(self, transfer: Transfer) -> bool:
        """Say whether what was transferred is as it should be."""


@dataclass
class _Shared:
    """What the pumps have in common."""

    work: Work
    pieces: Iterator[Tuple[int, int]]
    taking: threading.Lock = field(default_factory=threading.Lock)
    telling: threading.Lock = field(default_factory=threading.Lock)
    gate: threading.Event = field(default_factory=threading.Event)
    news: threading.Event = field(default_factory=threading.Event)
    done: Deque[Transfer] = field(default_factory=deque)
    ended: List[int] = field(default_factory=list)
    closing: bool = False


class Pumps:
    """Transfers, given back in the order of their places."""

    def __init__(self, work: Work, stations: List[Station], pieces: Iterator[Tuple[int, int]], start: int) -> None:
        self._shared = _Shared(work, pieces)
        self._shared.gate.set()
        self._waiting: Dict[int, Transfer] = {}
        self._unsettled = 0
        self._next = start
        self._last_end = 0.0
        self._threads = [
            threading.Thread(target=_pump, args=(self._shared, station), daemon=True) for station in stations
        ]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        all_ended = len(self._shared.ended) == len(self._threads)
        return not all_ended or bool(self._shared.done) or bool(self._waiting)

    def receive(self, seconds: float) -> List[Transfer]:
        """The transfers that are next in order, after so much time, or as soon as one went wrong."""
        self._shared.news.wait(seconds)
        self._shared.news.clear()
        self._check()
        self._note_all()
        return list(self._in_order())

    def settled(self, transfer: Transfer) -> None:
        """Its memory is free again."""
        if transfer.settled:
            self._unsettled -= 1
            transfer.settled.set()
            with self._shared.telling:  # no other one goes wrong between the look and the opening
                self._note_all()
                if not self._unsettled:
                    self._shared.gate.set()

    def close(self) -> None:
        """Begin nothing more, and wait a while for what is on its way: a hanging drive may never answer."""
        self._shared.closing = True
        deadline = time.monotonic() + LAST_WAIT
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _in_order(self) -> Iterator[Transfer]:
        while self._next in self._waiting:
            transfer = self._waiting.pop(self._next)
            self._next += transfer.length
            yield transfer

    def _note_all(self) -> None:
        while self._shared.done:
            self._note(self._shared.done.popleft())

    def _note(self, transfer: Transfer) -> None:
        """A transfer that waits behind another one does not keep the drive busy yet."""
        transfer.seconds = max(0.0, transfer.ended - max(transfer.began, self._last_end))
        self._last_end = max(self._last_end, transfer.ended)
        self._unsettled += transfer.settled is not None
        self._waiting[transfer.offset] = transfer

    def _check(self) -> None:
        alive = sum(thread.is_alive() for thread in self._threads)
        if alive + len(self._shared.ended) < len(self._threads):
            raise RuntimeError("A thread that reads and writes has died.")


def stations(count: int, size: int) -> List[Station]:
    """The memory of so many pumps."""
    return [Station(buffer, Expected(size)) for buffer in buffers(count, size)]


def _pump(shared: _Shared, station: Station) -> None:
    """Take one piece after the other, until there is none."""
    piece = _take(shared)
    while piece:
        transfer = Transfer(station, *piece)
        _carry_out(shared.work, transfer)
        with shared.telling:
            if transfer.settled:
                shared.gate.clear()
            shared.done.append(transfer)
        if transfer.settled:
            shared.news.set()
            _wait(shared, transfer.settled)
        _wait(shared, shared.gate)
        piece = _take(shared)
    shared.ended.append(threading.get_ident())
    shared.news.set()


def _take(shared: _Shared) -> Tuple[int, int] | None:
    with shared.taking:
        return None if shared.closing else next(shared.pieces, None)


def _carry_out(work: Work, transfer: Transfer) -> None:
    work.prepare(transfer)
    transfer.began = time.monotonic()
    try:
        work.access(transfer.view, transfer.offset)
    except OSError as error:
        transfer.error = error
    transfer.ended = time.monotonic()
    transfer.as_it_should = transfer.error is None and work.check(transfer)
    if not transfer.as_it_should:
        transfer.settled = threading.Event()


def _wait(shared: _Shared, until: threading.Event) -> None:
    while not until.wait(CLOSING_IS_SEEN) and not shared.closing:
        pass
