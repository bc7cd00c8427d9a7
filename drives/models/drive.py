"""A drive: serial number + WWN + size, never a device name."""

from django.db import models

from burnin_site.core.bounded import NOTE_CHARS, BoundedTextField
from burnin_site.core.name_fields import OneLineField
from drives.models.host import Host


class Drive(models.Model):
    """A hard drive that was seen on a host. It keeps its row when it is renamed, taken out or put back."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, related_name="drives")
    truenas_disk_id = models.CharField(max_length=120, blank=True)
    devname = models.CharField("device name", max_length=64, blank=True)
    serial = models.CharField(max_length=80, db_index=True)
    wwn = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=120, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    protocol = models.CharField(max_length=10, blank=True)
    rotational = models.BooleanField(null=True, blank=True)
    logical_block = models.PositiveIntegerField(default=512)
    physical_block = models.PositiveIntegerField(default=512)
    read_only = models.BooleanField(default=False)

    present = models.BooleanField(default=True)
    in_use = models.JSONField(default=list, blank=True)
    temperature_c = models.SmallIntegerField(null=True, blank=True)
    smart_health = models.CharField(max_length=10, blank=True)
    smart_attrs = models.JSONField(default=dict, blank=True)
    last_polled_at = models.DateTimeField(null=True, blank=True)

    location = OneLineField(max_length=120, blank=True)
    notes = BoundedTextField(blank=True, chars=NOTE_CHARS)

    live_version = models.BigIntegerField(default=0, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["host__name", "devname", "id"]
        constraints = [
            models.UniqueConstraint(fields=["host", "serial", "wwn", "size_bytes"], name="one_row_per_drive_identity")
        ]

    def __str__(self) -> str:
        return f"{self.serial} ({self.devname})" if self.devname else self.serial
