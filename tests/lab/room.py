"""The host's own disk below the working folder of the product: small, filled up, and with room again."""

from __future__ import annotations

import errno
from pathlib import Path

from tests.lab.loops import run

PIECE = bytes(1 << 16)


class Room:
    """What the product may write on the host itself. Without `limit` it is as much as the machine has.

    Several may want it full at once: there is room again when all of them have given it back.
    """

    def __init__(self, base: Path) -> None:
        self.base = base
        self._filler = base / "filler"
        self._wanted_full = 0

    def limit(self, size: int) -> None:
        """Let the working folder lie on a disk of its own of so many bytes."""
        self.base.mkdir(mode=0o700)
        run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "burnin-lab", str(self.base))

    def give_up(self) -> None:
        """Take the small disk away again, with what is on it."""
        run("umount", "--lazy", str(self.base))
        self.base.rmdir()

    def fill(self) -> None:
        """Take all the room that is left."""
        self._wanted_full += 1
        try:
            with self._filler.open("ab", buffering=0) as stream:
                while stream.write(PIECE):
                    pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def free(self) -> None:
        """Give it back, unless somebody else still wants it full."""
        self._wanted_full -= 1
        if not self._wanted_full:
            self._filler.unlink(missing_ok=True)
