"""A confirmation: this person lets this plan erase this drive."""

from django.conf import settings
from django.db import models

from jobs.models.job import BurninJob


class WipeToken(models.Model):
    """What a person confirmed, good for one job. The token itself is not kept, only its hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    user_name = models.CharField(max_length=150)
    plan_hash = models.CharField(max_length=64)
    serial = models.CharField(max_length=80)
    wwn = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField()
    overrides = models.JSONField(default=list, blank=True)
    job = models.OneToOneField(BurninJob, on_delete=models.CASCADE, related_name="wipe_token")
    accepted_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)
    spent_by_run = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Confirmation of burn-in {self.job_id} by {self.user_name}"
