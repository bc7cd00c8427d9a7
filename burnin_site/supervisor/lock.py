"""One supervisor per data directory."""

import contextlib
import fcntl
import os
from pathlib import Path

from burnin_site.own_files import open_own


class AlreadyRunning(Exception):
    """Another supervisor runs on this data directory."""


def take_lock(path: Path) -> int:
    """Hold this file for as long as the process lives; return its descriptor.

    Raises AlreadyRunning: another living process holds it. NotOurs: it is a link, or belongs to somebody else.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, _ = open_own(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.read(descriptor, 32).decode(errors="replace").strip()
        os.close(descriptor)
        raise AlreadyRunning(
            f"Burn-In Bench already runs on {path.parent.parent} (process {owner or 'unknown'}). "
            "Stop it first, or give this one its own DATA_DIR and APP_PORT."
        ) from error
    with contextlib.suppress(OSError):  # on a full disk the lock holds without a number in it
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor
