"""Not waiting for ever: what was asked of a drive that hangs does not come back, and cannot be called back."""

from __future__ import annotations

import errno
import queue
import threading
from typing import Callable, Tuple, TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """What this work returns or raises; TimeoutError when it has not come back by then.

    Its thread is left behind then, and ends with the program at the latest.
    """
    answers: queue.SimpleQueue[Tuple[bool, object]] = queue.SimpleQueue()
    threading.Thread(target=_answer, args=(work, answers), daemon=True).start()
    try:
        done, answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(errno.ETIMEDOUT, f"no answer within {seconds:g} seconds") from None
    if done:
        return answer  # type: ignore[return-value]
    raise answer  # type: ignore[misc]


def _answer(work: Callable[[], object], answers: queue.SimpleQueue[Tuple[bool, object]]) -> None:
    try:
        answers.put((True, work()))
    except OSError as error:
        answers.put((False, error))
