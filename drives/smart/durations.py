"""How long a self-test may take by the drive's own word. Pure."""

MINUTE_S = 60
DAY_MINUTES = 24 * 60
# The longest long test of an honest drive (SMR, 30 TB, busy) takes days; the others take minutes. What a drive says
# beyond that is no time to wait for: it would keep its burn-in for ever.
LONGEST_LONG_MINUTES = 14 * DAY_MINUTES
LONGEST_MINUTES = DAY_MINUTES


def longest_s(kind: str) -> float:
    """Return how long a self-test of this kind may take at most, in seconds."""
    return float(MINUTE_S * (LONGEST_LONG_MINUTES if kind == "long" else LONGEST_MINUTES))


def believed_minutes(kind: str, minutes: int | None) -> int | None:
    """Return how long a test takes by its drive's word, at most what one may take; None for no time at all."""
    if minutes is None or minutes < 1:
        return None
    return min(minutes, LONGEST_LONG_MINUTES if kind == "long" else LONGEST_MINUTES)


def believed_s(kind: str, seconds: float) -> float:
    """Return an expected time, in seconds, that is neither shorter than a minute nor longer than a test may take."""
    return min(max(float(MINUTE_S), seconds), longest_s(kind))
