"""How hot is too hot, and what follows from it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ABSURD_BELOW_C = 45  # some drives tell a limit that they pass in any room
PAUSE_BELOW_LIMIT_C = 3
COOLER_BY_C = 5
LONGEST_HOT = timedelta(minutes=30)
FRESH = timedelta(minutes=5)  # an older reading says nothing about now, and two this far apart nothing between them


class Advice(StrEnum):
    """What to do with a run."""

    GO_ON = "go_on"
    PAUSE = "pause"
    CONTINUE = "continue"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Degrees Celsius: from `critical` on it is too hot, at `pause_at` the work stops, at `continue_at` it goes on."""

    critical: int
    pause_at: int
    continue_at: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A temperature that was read."""

    at: datetime
    celsius: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """Which temperatures a burn-in saw, in °C; `critical` is the limit that was in force, `pauses` were for heat."""

    samples: int
    highest: int
    lowest: int
    critical: int
    pauses: int = 0


def own_limit(told: int | None) -> int | None:
    """Return the drive's own limit, or None when it tells none or an absurd one."""
    return told if told is not None and told >= ABSURD_BELOW_C else None


def thresholds(temp_crit_c: int, told: int | None) -> Thresholds:
    """Return the thresholds of a drive: the setting's, or its own limit where that is lower."""
    own = own_limit(told)
    critical = temp_crit_c if own is None else min(temp_crit_c, own)
    pause_at = critical - PAUSE_BELOW_LIMIT_C
    return Thresholds(critical, pause_at, pause_at - COOLER_BY_C)


def hot_since(samples: Sequence[Sample], critical: int) -> datetime | None:
    """Return since when every reading was critical, without a gap; None when the newest is not. Oldest first."""
    since: datetime | None = None
    later: datetime | None = None
    for sample in reversed(samples):
        if sample.celsius < critical or (later is not None and later - sample.at > FRESH):
            break
        since = later = sample.at
    return since


def advise(samples: Sequence[Sample], limits: Thresholds, *, cooling: bool, now: datetime) -> Advice:
    """Say what to do. `cooling`: the run is paused for heat now. Without a fresh reading nothing changes."""
    newest = samples[-1] if samples else None
    if newest is None or now - newest.at > FRESH:
        return Advice.GO_ON
    since = hot_since(samples, limits.critical)
    if since is not None and now - since >= LONGEST_HOT:
        return Advice.GIVE_UP
    if cooling:
        return Advice.CONTINUE if newest.celsius <= limits.continue_at else Advice.PAUSE
    return Advice.PAUSE if newest.celsius >= limits.pause_at else Advice.GO_ON
