"""Allowances that fill up again with time: so many at once, so many a second after that."""

from collections.abc import Callable
from time import monotonic

MOST_KEYS = 10_000  # addresses that are remembered; the one that was quiet for longest is forgotten first


class Bucket:
    """One allowance: `burst` at once, then `per_s` a second."""

    __slots__ = ("_at", "_burst", "_clock", "_left", "_per_s")

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = monotonic) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._left, self._at = burst, clock()

    def take(self, amount: float = 1) -> bool:
        """Take this much; False, and nothing is taken, when there is less."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < amount:
            return False
        self._left -= amount
        return True


class Buckets:
    """An allowance for each key, an address for example."""

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = monotonic) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._by_key: dict[str, Bucket] = {}

    def take(self, key: str) -> bool:
        """Take one for this key; False when it has none left."""
        bucket = self._by_key.pop(key, None) or Bucket(self._burst, self._per_s, self._clock)
        self._by_key[key] = bucket  # the last place: the first is the one that was quiet for longest
        if len(self._by_key) > MOST_KEYS:
            del self._by_key[next(iter(self._by_key))]
        return bucket.take()
