"""Comparing moments on a clock that may be set: a moment further ahead than anyone puts one is of no account."""

from datetime import datetime, timedelta

from django.db.models import Q

SKEW = timedelta(seconds=15)  # how far the clocks of two machines of ours may differ


def passed(since: datetime | None, pause: timedelta, now: datetime) -> bool:
    """Say whether this long a pause is over; also when its start lies ahead, as after a clock that was set back."""
    return since is None or not timedelta(0) <= now - since < pause


def ran_out(field: str, longest: timedelta, now: datetime) -> Q:
    """Return the rows whose moment in this field is absent, past, or further ahead than `longest` could have put it.

    Without the last a clock that was set back by an hour would keep a dead process's lease alive for an hour.
    """
    ahead = now + longest + SKEW
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": ahead})
