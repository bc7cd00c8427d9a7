"""Threads that only transfer, so that the drive always has its next order while buffers are made and compared."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Callable, Deque

from drives.hosts.program.engines.stamped_buffer import Buffer

# With one transfer on its way and one waiting at the drive, no delay of this program is a delay of the drive
DEPTH = 2
LAST_WAIT = 5.0


@dataclass
class Transfer:
    """One read or write, and how it went. `seconds` is how long the drive alone took for it."""

    buffer: Buffer
    offset: int
    length: int
    error: OSError | None = None
    began: float = 0.0
    ended: float = 0.0
    seconds: float = 0.0
    done: bool = False

    @property
    def view(self) -> memoryview:
        return self.buffer.view[: self.length]


class Pipe:
    """Transfers, given back in the order in which they were sent."""

    def __init__(self, access: Callable[[memoryview, int], None]) -> None:
        self._access = access
        self._sent: queue.SimpleQueue[Transfer | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Transfer] = queue.SimpleQueue()
        self._order: Deque[Transfer] = deque()
        self._last_end = 0.0
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(DEPTH)]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        return bool(self._order)

    def send(self, transfer: Transfer) -> None:
        self._order.append(transfer)
        self._sent.put(transfer)

    def receive(self, seconds: float) -> Transfer | None:
        """The next transfer in order, once it is done; None when that takes longer."""
        if not self._order[0].done:
            try:
                self._note(self._done.get(timeout=seconds))
            except queue.Empty:
                self._check()
        return self._order.popleft() if self._order[0].done else None

    def close(self) -> None:
        """Begin nothing more, and wait a while for what is on its way: a hanging drive may never answer."""
        with suppress(queue.Empty):
            while True:
                self._sent.get_nowait()
        deadline = time.monotonic() + LAST_WAIT
        for _ in self._threads:
            self._sent.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _note(self, transfer: Transfer) -> None:
        """A transfer that waits behind another one does not keep the drive busy yet."""
        transfer.done = True
        transfer.seconds = max(0.0, transfer.ended - max(transfer.began, self._last_end))
        self._last_end = max(self._last_end, transfer.ended)

    def _check(self) -> None:
        if not all(thread.is_alive() for thread in self._threads):
            raise RuntimeError("A thread that reads and writes has died.")

    def _work(self) -> None:
        transfer = self._sent.get()
        while transfer is not None:
            transfer.began = time.monotonic()
            try:
                self._access(transfer.view, transfer.offset)
            except OSError as error:
                transfer.error = error
            transfer.ended = time.monotonic()
            self._done.put(transfer)
            transfer = self._sent.get()
