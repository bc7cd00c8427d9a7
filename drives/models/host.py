"""A storage host and how to reach it."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from burnin_site.core.bounded import BoundedTextField
from burnin_site.core.name_fields import OneLineField
from burnin_site.core.secrets import EncryptedTextField
from drives.hosts.program.run_dir import DEFAULT_BASE

BASE_DIR = DEFAULT_BASE
OLD_BASE_DIR = "/var/tmp/burnin-bench"  # noqa: S108 - up to version 0.2: anybody could make it before us


class HostKind(models.TextChoices):
    TRUENAS = "truenas", "TrueNAS"
    SSH = "ssh", "Plain SSH"


class Host(models.Model):
    """A machine that holds drives. A new one is disarmed: nothing destructive starts there until an admin arms it."""

    name = OneLineField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=HostKind, default=HostKind.SSH)
    api_url = models.CharField("TrueNAS address", max_length=300, blank=True)
    api_key = EncryptedTextField(blank=True)
    verify_tls = models.BooleanField("verify TLS certificate", default=True)
    ssh_host = models.CharField(max_length=255, blank=True)
    ssh_port = models.PositiveIntegerField(default=22, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    ssh_user = models.CharField(max_length=64, default="root")
    ssh_password = EncryptedTextField(blank=True)
    ssh_key = EncryptedTextField("private key (PEM)", blank=True)
    ssh_key_passphrase = EncryptedTextField(blank=True)
    host_key = models.TextField("pinned host key", blank=True)
    host_key_offered = models.TextField(blank=True)
    base_dir = models.CharField("working folder on the host", max_length=200, default=BASE_DIR)

    armed = models.BooleanField(default=False)
    max_parallel = models.PositiveSmallIntegerField(
        "burn-ins at once", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    simulated = models.BooleanField(default=False)

    reachable = models.BooleanField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    stopped = models.BooleanField(
        default=False,
        help_text="All work on this host is stopped until somebody looks (a changed host key, a refused login).",
    )
    error = BoundedTextField(blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    last_polled_at = models.DateTimeField(null=True, blank=True)
    refresh_requested_at = models.DateTimeField(null=True, blank=True)
    system = models.CharField(max_length=120, blank=True)
    boot_id = models.CharField(max_length=64, blank=True)
    tools = models.JSONField(default=dict, blank=True)

    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_epoch = models.BigIntegerField(default=0)

    live_version = models.BigIntegerField(default=0, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def unique_error_message(self, model_class: type[models.Model], unique_check: Sequence[str]) -> ValidationError:
        """Say in our words that the name is taken."""
        if tuple(unique_check) != ("name",):
            return super().unique_error_message(model_class, unique_check)
        return ValidationError("Another host has this name. Choose another one.", code="unique")

    @property
    def has_shell(self) -> bool:
        """Whether there is a way to run commands on this host."""
        return bool(self.ssh_host and (self.ssh_password or self.ssh_key))
