"""Sizes, rates and times as people read them."""

from datetime import datetime, timedelta

from django.utils import timezone

from jobs.board.cells import Cell

MINUTE, HOUR, DAY = 60, 3600, 86400


def size_text(size_bytes: int) -> str:
    """Return a drive size the way it is printed on the drive: 12.0 TB."""
    if size_bytes <= 0:
        return "–"
    for unit, step in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if size_bytes >= step:
            number = size_bytes / step
            return f"{number:.1f} {unit}" if unit == "TB" else f"{number:.0f} {unit}"
    return f"{size_bytes / 1000:.0f} kB"


def bytes_of_text(done: int, total: int) -> str:
    """Return how much of a stage is done: 43.4 of 96.0 TB."""
    unit, step = ("TB", 10**12) if total >= 10**12 else ("GB", 10**9) if total >= 10**9 else ("MB", 10**6)
    return f"{done / step:,.1f} of {total / step:,.1f} {unit}"


def rate_cell(rate_bps: float | None) -> Cell:
    """Return a speed without its unit; the tone names another unit than MB/s (simulated drives are that quick)."""
    if rate_bps is None:
        return Cell()
    if rate_bps >= 10**13:
        return Cell(f"{rate_bps / 10**12:,.1f}", "in-tb")
    if rate_bps >= 10**10:
        return Cell(f"{rate_bps / 10**9:,.0f}", "in-gb")
    return Cell(f"{rate_bps / 10**6:,.0f}")


def percent_text(percent: float) -> str:
    """Return a percentage that says 100 only when it is all done."""
    return f"{min(int(percent), 99) if percent < 100 else 100} %"


def duration_text(seconds: float) -> str:
    """Return a duration: 1 d 07:12, 06:31 h, 4 min, 12 s. Board and script print it alike."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, DAY)
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    if days:
        return f"{days} d {hours:02d}:{minutes:02d}"
    if hours:
        return f"{hours}:{minutes:02d} h"
    return f"{minutes} min" if minutes else f"{whole} s"


def rough_duration_text(seconds: float) -> str:
    """Return an estimate as a person says it: about 6 days, about 20 h, a few minutes."""
    if seconds >= 2 * DAY:
        days = seconds / DAY
        return f"about {days:.0f} days" if days >= 10 else f"about {days:.1f} days"
    if seconds >= HOUR:
        return f"about {seconds / HOUR:.0f} h"
    return f"about {max(1, round(seconds / MINUTE))} min"


def clock_text(value: datetime | None) -> str:
    """Return a time a person plans by: Sat 04:10."""
    return "" if value is None else f"{timezone.localtime(value):%a %H:%M}"


def since_text(value: datetime | None, now: datetime) -> str:
    """Return since when: since 14:02, or since Sat 14:02 when that is long ago."""
    if value is None:
        return ""
    form = "%H:%M" if now - value < timedelta(hours=20) else "%a %H:%M"
    return f"since {timezone.localtime(value):{form}}"
