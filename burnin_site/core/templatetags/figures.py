"""Figures as people read them: sizes, rates, durations, times, temperatures."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

register = template.Library()

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
NOTHING = "–"


def _scaled(amount: float, *, decimals: int) -> tuple[float, str]:
    """Divide by 1000 until the number, rounded as it will be shown, has at most three digits before the point."""
    for unit in UNITS[:-1]:
        if round(abs(amount), decimals) < 1000:
            return amount, unit
        amount /= 1000
    return amount, UNITS[-1]


@register.filter(name="bytes")
def size(amount: float | None) -> str:
    """Return "12.0 TB": decimal units, as printed on the drive."""
    if amount is None:
        return NOTHING
    number, unit = _scaled(amount, decimals=1)
    return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"


@register.filter
def rate(bytes_per_second: float | None) -> str:
    """Return "198 MB/s"."""
    if bytes_per_second is None:
        return NOTHING
    number, unit = _scaled(bytes_per_second, decimals=0)
    return f"{number:.1f} {unit}/s" if number < 10 and unit != "B" else f"{number:.0f} {unit}/s"


@register.filter
def duration(span: float | timedelta | None) -> str:
    """Return "1 d 07:12", "7:12:30" under a day, "5:03" under an hour."""
    if span is None:
        return NOTHING
    seconds = max(0, int(span.total_seconds() if isinstance(span, timedelta) else span))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def clock(moment: datetime | None) -> str:
    """Return "Sat 04:10", in local time."""
    return f"{timezone.localtime(moment):%a %H:%M}" if moment else NOTHING


@register.filter
def temperature_class(celsius: int | None, limits: tuple[int, int] | None = None) -> str:
    """Return the CSS class of a temperature: "", "temp-ok", "temp-warn" or "temp-crit".

    `limits` are the warning and the critical temperature; without them the environment's are used.
    """
    if celsius is None:
        return ""
    defaults: dict[str, Any] = settings.SETTING_DEFAULTS
    warn, critical = limits or (defaults["temp_warn_c"], defaults["temp_crit_c"])
    if celsius >= critical:
        return "temp-crit"
    return "temp-warn" if celsius >= warn else "temp-ok"
