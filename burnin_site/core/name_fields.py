"""The rule for names (`burnin_site.core.one_line`) in models, forms and serializers."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from burnin_site.core.one_line import one_line, wrong_line, wrong_text


def validate_line(text: str) -> None:
    """Raise ValidationError, for forms and serializers."""
    if said := wrong_line(text):
        raise ValidationError(said, code="hidden_character")


def validate_text(text: str) -> None:
    """Raise ValidationError for a text of several lines."""
    if said := wrong_text(text):
        raise ValidationError(said, code="hidden_character")


if TYPE_CHECKING:
    TextColumn = models.CharField[str, str]
else:
    TextColumn = models.CharField


class OneLineField(TextColumn):
    """A name. Forms refuse what breaks the rule; a row that broke it before the rule was there is read as one line.

    In the database it is a plain CharField, and so it stands in the migrations.
    """

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Return what is stored, as one line."""
        return value if not value or (value.isascii() and value.isprintable()) else one_line(value)

    def formfield(self, **kwargs: Any) -> Any:
        """Return the field of a form, which says what is wrong at its place."""
        field = super().formfield(**kwargs)
        if field is not None and hasattr(field, "validators"):
            field.validators.append(validate_line)
        return field

    def deconstruct(self) -> Any:
        """Return a plain CharField."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
