"""Who did what: append-only."""

from django.conf import settings
from django.db import models

from burnin_site.core.bounded import BoundedJSONField, BoundedTextField


class AuditEvent(models.Model):
    """One thing that was done, by whom, to what. Triggers in the database refuse to change or delete a row."""

    event_type = models.CharField(max_length=60, db_index=True)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
    )
    operator_name = models.CharField(max_length=150, blank=True)
    host_name = models.CharField(max_length=100, blank=True)
    drive_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    drive_serial = models.CharField(max_length=80, blank=True)
    job_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    note = BoundedTextField(blank=True)
    data = BoundedJSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.event_type} by {self.operator_name or 'the system'}"
