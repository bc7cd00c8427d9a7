"""How long to wait before a process that ended is started again."""

DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
HEALTHY_AFTER_S = 30.0


class Backoff:
    """Waits longer after each early end, and starts over once a process has lived for half a minute."""

    def __init__(self, delays_s: tuple[float, ...] = DELAYS_S) -> None:
        self._delays_s = delays_s
        self._ends = 0

    def next_delay(self, *, lived_s: float) -> float:
        """Return the seconds to wait, given how long the process that just ended had lived."""
        if lived_s >= HEALTHY_AFTER_S:
            self._ends = 0
        delay = self._delays_s[min(self._ends, len(self._delays_s) - 1)]
        self._ends += 1
        return delay
