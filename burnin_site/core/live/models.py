"""The counter that numbers every change that a live table shows."""

from django.db import models


class LiveCounter(models.Model):
    """One row. It is raised in the same transaction as the rows it numbers.

    A database sequence would not do: commits do not happen in sequence order, and a reader that asks "newer than n"
    would miss rows.
    """

    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)
