"""What people see of an API token: its name and its last use. The token itself is knox's row, and only its digest."""

from django.db import models
from knox.models import AuthToken

from burnin_site.core.name_fields import OneLineField

UNNAMED = "unnamed"


class TokenLabel(models.Model):
    """Beside each token: what its owner calls it, and when it was used last, to the minute."""

    token = models.OneToOneField(AuthToken, on_delete=models.CASCADE, related_name="label")
    name = OneLineField(max_length=60, default=UNNAMED)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
