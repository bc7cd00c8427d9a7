"""Wait for what happens in another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(happened: Callable[[], T], what: str, *, within_s: float = 10.0, every_s: float = 0.02) -> T:
    """Ask again and again until the answer is true; that answer. AssertionError after `within_s`."""
    deadline = time.monotonic() + within_s
    while True:
        answer = happened()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"After {within_s:g} s still not: {what}"
        time.sleep(every_s)
