"""What a process holds for a while, renewed for as long as it lives: its job, its word that it is at work."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


@contextmanager
def renewed(renew: Callable[[], object], *, every_s: float) -> Iterator[None]:
    """Call `renew` every so many seconds, from a thread with a connection of its own, until this is over.

    A database that does not answer is tried again the next time.
    """
    over = threading.Event()
    threading.Thread(target=_keep, args=(renew, every_s, over), name="renewal", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _keep(renew: Callable[[], object], every_s: float, over: threading.Event) -> None:
    while not over.wait(every_s):
        try:
            renew()
        except DatabaseError as error:
            logger.warning("What this process holds could not be renewed: %s", error)
        finally:
            connection.close()  # this thread's own
