"""Settings that an admin changed while the application runs."""

from django.db import models

from burnin_site.core.secrets import EncryptedTextField


class StoredSetting(models.Model):
    """A value that overrides the environment's. What may be set, and its type, is in `settingsapp.registry`."""

    key = models.CharField(max_length=60, unique=True)
    value = EncryptedTextField(blank=True)
    changed_by = models.CharField(max_length=150, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "setting"
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key
