"""Room for large answers: few are held in memory at the same time, however many hosts send them at once."""

import threading
from types import TracebackType
from typing import Self

LARGE = 256 * 1024  # an honest look at a host's runs and disks stays below
AT_ONCE = 4
LONGEST_WAIT_S = 5.0  # who drips a large answer must not hold up the others: then there is one more for a while

_room = threading.BoundedSemaphore(AT_ONCE)


class Reading:
    """One answer that is being read. Use it as a context manager, and tell it how long the answer is by now."""

    def __init__(self) -> None:
        self._held = self._large = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held:
            _room.release()

    def has(self, size: int) -> None:
        """Wait for room, once, when the answer turns out to be a large one."""
        if size > LARGE and not self._large:
            self._large = True
            self._held = _room.acquire(timeout=LONGEST_WAIT_S)
