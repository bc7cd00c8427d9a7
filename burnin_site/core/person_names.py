"""Names of people obey the rule for names wherever one is entered: page, admin, environment, `createsuperuser`."""

from django.contrib.auth.models import User
from django.db.models import Field

from burnin_site.core.name_fields import validate_line

FIELDS = ("username", "first_name", "last_name", "email")


def check_names() -> None:
    """Add the rule to Django's own account. To what it checks, not to its definition: that stands in its migrations."""
    for name in FIELDS:
        field = User._meta.get_field(name)  # noqa: SLF001  documented by Django, in spite of its name
        if isinstance(field, Field) and validate_line not in field.validators:
            field.validators.append(validate_line)
