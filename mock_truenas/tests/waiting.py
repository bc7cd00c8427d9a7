"""Waits for something to become true, with a deadline and a sentence."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
LOOK_EVERY_S = 0.02


def wait_until(look: Callable[[], Found | None], what: str, *, seconds: float = 10.0) -> Found:
    """Give the first true value that `look` gives; fail with what was awaited after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds} s in vain for: {what}.")
        time.sleep(LOOK_EVERY_S)
