"""The state of a whole lab disk: online, hanging, gone, or slow."""

from __future__ import annotations

import errno
import os
import threading
import time

from tests.lab.faults import WrongFault

OFFLINE_ERRORS = ("EIO", "ENODEV", "ENXIO", "ENOSPC")


class Gate:
    """Let requests through, hold them back, or send them away with an error."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._hangs = False
        self._errno = 0
        self._bytes_per_second = 0
        self._free_at = 0.0

    def go_offline(self, error: str) -> None:
        """Fail every request, also those that hang."""
        if error not in OFFLINE_ERRORS:
            raise WrongFault(f"{error} is none of {', '.join(OFFLINE_ERRORS)}.")
        self._become(hangs=False, code=getattr(errno, error))

    def hang(self) -> None:
        """Leave every request unanswered until the disk is online again."""
        self._become(hangs=True, code=0)

    def come_online(self) -> None:
        """Answer again, also the requests that waited."""
        self._become(hangs=False, code=0)

    def limit(self, bytes_per_second: int) -> None:
        """Be no faster than this; 0 is as fast as it goes."""
        with self._changed:
            self._bytes_per_second, self._free_at = bytes_per_second, 0.0
            self._changed.notify_all()

    def pass_through(self, length: int) -> None:
        """Return when a request of this length may go on; OSError when it fails."""
        if not (self._hangs or self._errno or self._bytes_per_second):
            return
        with self._changed:
            self._changed.wait_for(lambda: not self._hangs)
            if self._bytes_per_second and not self._errno:
                self._wait_for_turn(length)
            if self._errno:
                raise OSError(self._errno, os.strerror(self._errno))

    def as_json(self) -> dict[str, object]:
        """Show the state as the control socket does."""
        return {
            "hangs": self._hangs,
            "offline": errno.errorcode.get(self._errno, ""),
            "limit": self._bytes_per_second,
        }

    def _wait_for_turn(self, length: int) -> None:
        now = time.monotonic()
        self._free_at = max(now, self._free_at) + length / self._bytes_per_second
        self._changed.wait_for(lambda: not self._bytes_per_second or bool(self._errno), self._free_at - now)

    def _become(self, *, hangs: bool, code: int) -> None:
        with self._changed:
            self._hangs, self._errno = hangs, code
            self._changed.notify_all()
