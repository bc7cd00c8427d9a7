"""An override: an admin says that what a drive still carries may be erased."""

from django.conf import settings
from django.db import models

from burnin_site.core.bounded import BoundedTextField
from drives.models import Drive
from jobs.models.job import BurninJob


class Override(models.Model):
    """Which soft refusals do not count for one burn-in of one drive identity. It expires when nobody uses it."""

    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="overrides")
    serial = models.CharField(max_length=80)
    wwn = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField()
    codes = models.JSONField(default=list)
    reason = BoundedTextField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    job = models.OneToOneField(
        BurninJob, null=True, blank=True, on_delete=models.SET_NULL, related_name="signature_override"
    )
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Override {self.pk} for {self.serial}: {', '.join(self.codes)}"
