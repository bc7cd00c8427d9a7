"""SMART self-tests that were run on a drive."""

from django.db import models

from burnin_site.core.bounded import LOG_CHARS, BoundedTextField
from drives.models.drive import Drive


class SmartTestKind(models.TextChoices):
    SHORT = "short", "Short"
    LONG = "long", "Long"


class SmartTestState(models.TextChoices):
    IDLE = "idle", "Idle"
    RUNNING = "running", "Running"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    ABORTED = "aborted", "Aborted"
    UNKNOWN = "unknown", "Unknown"


class SmartTest(models.Model):
    """One self-test of a drive; the newest of its kind is the one the table shows. Older ones are history."""

    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="smart_tests")
    test_type = models.CharField(max_length=10, choices=SmartTestKind)
    state = models.CharField(max_length=10, choices=SmartTestState, default=SmartTestState.RUNNING)
    percent = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    eta_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error_text = BoundedTextField(blank=True)
    raw_output = BoundedTextField(blank=True, chars=LOG_CHARS)
    job_id = models.BigIntegerField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_test_type_display()} test of {self.drive}: {self.get_state_display()}"
