"""Signs of life of the workers."""

from django.db import models


class WorkerHeartbeat(models.Model):
    """When a worker node last ran a task, and until when it may be busy with one."""

    node = models.CharField(max_length=80, unique=True)
    beat_at = models.DateTimeField()
    busy_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.node
