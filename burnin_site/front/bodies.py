"""How many bytes of request bodies are kept, and of whom: strangers share one budget, each caller has a small one."""

from collections import Counter

from burnin_site.front import limits

STRANGERS = ""


class Bodies:
    """Bytes by caller, that is by the claim that is known; "" is all strangers."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()

    def __getitem__(self, caller: str) -> int:
        return self._of[caller]

    def take(self, caller: str, size: int) -> None:
        """Count bytes that were kept."""
        self._of[caller] += size

    def give_back(self, caller: str, size: int) -> None:
        """Note that bytes are not kept any more."""
        self._of[caller] -= size
        if self._of[caller] <= 0:
            del self._of[caller]

    def who_has_too_much(self, caller: str) -> list[str] | None:
        """Return who of all has to give something up, now that this one has taken more; None where all is well."""
        if caller == STRANGERS:
            return [STRANGERS] if self._of[caller] > limits.BODIES else None
        if self._of[caller] > limits.BODIES_PER_CALLER:
            return [caller]
        callers = [each for each in self._of if each != STRANGERS]
        return callers if sum(self._of[each] for each in callers) > limits.BODIES_OF_CALLERS else None
