"""Finding the one thing that an address names."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotFound

Row = TypeVar("Row", bound=Model)


def find(rows: QuerySet[Row], pk: int) -> Row:
    """Return the row with this id. Raises NotFound, in words."""
    row = rows.filter(pk=pk).first()
    if row is None:
        name = rows.model._meta.verbose_name  # noqa: SLF001  documented by Django, in spite of its name
        raise NotFound(f"There is no {name} {pk}.")
    return row
