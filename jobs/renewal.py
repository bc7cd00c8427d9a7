"""What a process holds for a while, renewed for as long as it lives: its job, its word that it is at work."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

logger = logging.getLogger(__name__)
LAST_WAIT_S = 2.0  # one that is just being written must not come after the end


@contextmanager
def renewed(renew: Callable[[], object], *, every_s: float) -> Iterator[None]:
    """Call `renew` every so many seconds, from a thread with a connection of its own, until this is over.

    A database that does not answer is tried again the next time.
    """
    over = threading.Event()
    thread = threading.Thread(target=_keep, args=(renew, every_s, over), name="renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(LAST_WAIT_S)


def _keep(renew: Callable[[], object], every_s: float, over: threading.Event) -> None:
    while not over.wait(every_s):
        try:
            renew()
        except Error as error:
            logger.warning("What this process holds could not be renewed: %s", error)
        with suppress(Error):
            connection.close()  # this thread's own
