"""What the observer remembers of a host between two looks; losing it costs one look."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

UNFIT_PAUSE = timedelta(seconds=5)  # until a host that answered nonsense about its runs is asked again; then doubled
LONGEST_UNFIT_PAUSE = timedelta(seconds=60)


@dataclass
class HostMemory:
    """When what was looked at, and for how long a host that talks nonsense is left alone."""

    inventory_at: datetime | None = None
    full_at: datetime | None = None
    looked_at: dict[int, datetime] = field(default_factory=dict)
    unfit_at: datetime | None = None
    unfit_pause: timedelta = timedelta(0)

    def note_answer(self, *, fits: bool, now: datetime) -> None:
        """Remember whether an answer about runs could be used: reading nonsense twice a second helps nobody."""
        longer = min(LONGEST_UNFIT_PAUSE, max(UNFIT_PAUSE, 2 * self.unfit_pause))
        self.unfit_at, self.unfit_pause = (None, timedelta(0)) if fits else (now, longer)
