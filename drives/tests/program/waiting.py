"""Waiting for something that another process does."""

import time
from collections.abc import Callable

STEP_S = 0.02


def wait_until(condition: Callable[[], bool], *, seconds: float = 15, what: str = "the condition") -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(STEP_S)
