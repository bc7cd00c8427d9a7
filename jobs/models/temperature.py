"""How warm a drive was while it was burned in."""

from django.db import models

from jobs.models.job import BurninJob


class TemperatureSample(models.Model):
    """A temperature that the host read during a burn-in: about one a minute, older ones thinned out."""

    job = models.ForeignKey(BurninJob, on_delete=models.CASCADE, related_name="temperatures")
    at = models.DateTimeField()
    celsius = models.SmallIntegerField()
    stage_name = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["job_id", "at"]
        indexes = [models.Index(fields=["job", "at"], name="temperatures_of_a_job")]

    def __str__(self) -> str:
        return f"{self.celsius} °C"
