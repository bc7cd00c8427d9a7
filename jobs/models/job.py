"""A burn-in of one drive."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from burnin_site.core.bounded import BoundedJSONField, BoundedTextField
from drives.models import Drive
from jobs.identity import LONGEST, identity_of


class JobState(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    UNKNOWN = "unknown", "Unknown"


ACTIVE_STATES = (JobState.QUEUED, JobState.RUNNING)
ACTIVE = Q(state__in=["queued", "running"])


class BurninJob(models.Model):
    """One burn-in. Its plan (the stage rows) is frozen when it is made; `jobs.transitions` has its legal moves."""

    drive = models.ForeignKey(Drive, on_delete=models.PROTECT, related_name="jobs")
    profile = models.CharField(max_length=20)
    plan = models.CharField(max_length=12, blank=True)  # how the surface is tested; empty: it is not
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED, db_index=True)
    percent = models.FloatField(default=0)
    stage_name = models.CharField(max_length=40, blank=True)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    operator_name = models.CharField(max_length=150, blank=True)
    simulated = models.BooleanField(default=False)
    error_text = BoundedTextField(blank=True)
    verdict = BoundedJSONField(default=dict, blank=True)

    # The identity that was confirmed: what is in the bay later must still be this.
    serial = models.CharField(max_length=80)
    wwn = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField()
    # The physical drive (jobs.identity): one active burn-in has it, on whatever row. Empty: it is being ended.
    identity = models.CharField(max_length=LONGEST, blank=True, default="")

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    stop_reason = BoundedTextField(blank=True)  # set: the job is stopped by us and ends unknown, not cancelled
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=150, blank=True)
    held_run = models.CharField(max_length=120, blank=True)  # the run whose process was told to stop
    crashes = models.PositiveSmallIntegerField(default=0)  # steps in a row that a mistake of ours ended
    waiting_since = models.DateTimeField(null=True, blank=True)
    waiting_reason = BoundedTextField(blank=True)
    cooling_since = models.DateTimeField(null=True, blank=True)  # set: its run is paused until the drive has cooled
    heat_pauses = models.PositiveSmallIntegerField(default=0)

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=40, blank=True)
    woken_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    live_version = models.BigIntegerField(default=0, db_index=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["drive"], condition=ACTIVE, name="one_active_job_per_drive"),
            models.UniqueConstraint(
                fields=["identity"], condition=ACTIVE & ~Q(identity=""), name="one_active_job_per_physical_drive"
            ),
            models.CheckConstraint(
                condition=~ACTIVE | ~Q(identity="") | ~Q(stop_reason="") | Q(cancel_requested_at__isnull=False),
                name="active_job_has_its_drive_or_is_being_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"Burn-in {self.pk} of {self.serial}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it; a new one with the key of its physical drive."""
        if self._state.adding and not self.identity:
            self.identity = identity_of(self.serial)
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:
        """Whether the job still has work to do."""
        return self.state in ACTIVE_STATES
