"""Numbering changes."""

from django.db import connection, transaction
from django.db.models import F

from burnin_site.core.live.models import LiveCounter


def next_version() -> int:
    """Return the next version number. Call it inside the transaction that writes the rows which carry it.

    Raises RuntimeError outside a transaction: a number that is visible before its row loses the row.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("next_version() belongs inside transaction.atomic().")
    with transaction.atomic():
        if not LiveCounter.objects.filter(pk=1).update(value=F("value") + 1):
            LiveCounter.objects.get_or_create(pk=1, defaults={"value": 0})
            LiveCounter.objects.filter(pk=1).update(value=F("value") + 1)
        return LiveCounter.objects.values_list("value", flat=True).get(pk=1)


def current_version() -> int:
    """Return the newest number that was given out."""
    return LiveCounter.objects.filter(pk=1).values_list("value", flat=True).first() or 0
