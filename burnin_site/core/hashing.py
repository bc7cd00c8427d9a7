"""Hashing passwords without standing in anybody's way.

A hash takes a third of a second of a whole processor, on purpose. However many people sign in, two of them are computed
at once, in threads that the machine serves last.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.contrib.auth.hashers import PBKDF2PasswordHasher

AT_ONCE = 2
NICER_BY = 5  # a third of the share of a thread that serves pages; never nothing, however busy the machine is
NICEST = 19


def _step_back() -> None:
    """Lower the priority of this thread: for Linux, a thread is a process of its own here."""
    nice = min(NICEST, os.getpriority(os.PRIO_PROCESS, 0) + NICER_BY)
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)


@cache
def _threads(_pid: int) -> ThreadPoolExecutor:
    """Return the threads of this process; a forked one has none of its parent's."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password", initializer=_step_back)


class PatientHasher(PBKDF2PasswordHasher):
    """Django's own hasher and its very hashes, computed a few at a time."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return the hash. Waits for its turn; how many may wait is for `core.lanes` to say."""
        return _threads(os.getpid()).submit(super().encode, password, salt, iterations).result()
