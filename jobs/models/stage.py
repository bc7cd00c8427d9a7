"""One stage of a burn-in."""

from django.db import models

from burnin_site.core.bounded import LOG_CHARS, BoundedJSONField, BoundedTextField
from jobs.models.job import BurninJob


class StageState(models.TextChoices):
    PENDING = "pending", "Pending"
    RUNNING = "running", "Running"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    UNKNOWN = "unknown", "Unknown"
    SKIPPED = "skipped", "Skipped"


class BurninStage(models.Model):
    """A step of a job's plan. `stage_name` has no choices on purpose: a removed stage keeps its history."""

    job = models.ForeignKey(BurninJob, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    stage_name = models.CharField(max_length=40)
    destructive = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=StageState, default=StageState.PENDING)
    percent = models.FloatField(default=0)
    message = models.CharField(max_length=200, blank=True)
    error_text = BoundedTextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)

    bytes_done = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)
    rate_bps = models.FloatField(null=True, blank=True)
    eta_at = models.DateTimeField(null=True, blank=True)
    still_s = models.FloatField(default=0)  # seconds without progress: jobs.stillness
    observed_at = models.DateTimeField(null=True, blank=True)
    advanced_at = models.DateTimeField(null=True, blank=True)

    bad_blocks = models.BigIntegerField(default=0)
    findings = BoundedJSONField(default=list, blank=True)
    proof = BoundedJSONField(default=dict, blank=True)
    log_text = BoundedTextField(blank=True, chars=LOG_CHARS, keep_end=True)
    # Per pass and phase of the surface: 1000 values each of MB/s and of the worst latency in ms.
    position_log = models.JSONField(default=list, blank=True)

    run_id = models.CharField(max_length=120, blank=True)
    boot_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["job_id", "position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="one_stage_per_position")]

    def __str__(self) -> str:
        return f"{self.stage_name} of burn-in {self.job_id}"
