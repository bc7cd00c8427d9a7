"""The database holds the rule: each key once among the active burn-ins, and none without its key that goes on."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("jobs", "0007_one_burnin_per_drive")]

    operations = [
        migrations.AddConstraint(
            "burninjob",
            models.UniqueConstraint(
                fields=["identity"],
                condition=Q(state__in=["queued", "running"]) & ~Q(identity=""),
                name="one_active_job_per_physical_drive",
            ),
        ),
        migrations.AddConstraint(
            "burninjob",
            models.CheckConstraint(
                condition=~Q(state__in=["queued", "running"])
                | ~Q(identity="")
                | ~Q(stop_reason="")
                | Q(cancel_requested_at__isnull=False),
                name="active_job_has_its_drive_or_is_being_ended",
            ),
        ),
    ]
