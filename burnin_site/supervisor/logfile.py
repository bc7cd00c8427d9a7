"""The log file of one process: it writes, the supervisor follows and keeps it small."""

import contextlib
import os
from pathlib import Path

from burnin_site.own_files import NO_ROOM, open_own

LIMIT_BYTES = 20 * 1024 * 1024
READ_BYTES = 256 * 1024


class LogFile:
    """A file that a child appends to. Not a pipe: a terminal that stands still must never hold up a child."""

    def __init__(self, path: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._position = 0
        self._rest = b""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def open(self) -> int:
        """Return a descriptor to append to, after moving a file that is too long out of the way.

        Where the disk takes no new file the child runs without a log: it is worth more than its words.
        """
        try:
            descriptor, _ = open_own(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            return os.open(os.devnull, os.O_WRONLY)
        self._position = os.fstat(descriptor).st_size
        self.keep_small()
        return descriptor

    def keep_small(self) -> None:
        """Move the content to NAME.log.1 when it is too long. The child goes on appending to the emptied file."""
        with contextlib.suppress(OSError):  # a deleted log must not end the supervisor
            if self._path.stat().st_size <= self._limit_bytes:
                return
            with self._path.open("r+b") as file:
                file.seek(-self._limit_bytes, os.SEEK_END)
                self._keep_aside(file.read())
                file.truncate(0)
            self._position = 0

    def _keep_aside(self, content: bytes) -> None:
        """Write NAME.log.1. Where the disk is full the old lines give way: they are worth less than what comes."""
        aside = self._path.with_name(self._path.name + ".1")
        try:
            with os.fdopen(open_own(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)[0], "wb") as file:
                file.write(content)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            aside.unlink(missing_ok=True)

    def new_lines(self) -> list[str]:
        """Return the whole lines that were written since the last call."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._position)
                fresh = file.read(READ_BYTES)
        except OSError:
            return []
        self._position += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        return [line.decode("utf-8", errors="replace") for line in lines]
