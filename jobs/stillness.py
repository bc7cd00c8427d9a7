"""How long a stage has stood still while it could have moved. Pure.

Not by the clock: the time counts between two looks at which its host answered and its process was not stopped. Pauses,
cooling, a host that is away and our own absence leave it as it is.
"""

LEAST_STEP_S = 60.0


def longest_step(every_s: float) -> float:
    """Return the most that one look may add: a longer gap means that nobody looked."""
    return max(LEAST_STEP_S, 2 * every_s)


def still_seconds(before: float, *, moved: bool, halted: bool, gap_s: float | None, most_s: float) -> float:
    """Return the seconds of standing still after one more look, `gap_s` after the last one (None: the first)."""
    if moved:
        return 0.0
    if halted or gap_s is None or gap_s <= 0:
        return before
    return before + min(gap_s, most_s)
