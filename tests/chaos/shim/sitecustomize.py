"""Read by every Python of the product under a clock that can jump: there a sleep must not look at the clock.

Python sleeps until a moment of the monotonic clock. libfaketime turns that into a duration, and where the moment has
passed meanwhile, as on a busy machine, the kernel refuses it with EINVAL: an error that no real clock can cause.
"""

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex, /) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
