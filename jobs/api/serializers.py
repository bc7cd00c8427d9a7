"""Drives and burn-ins as programs send and see them."""

from typing import Any, ClassVar

from rest_framework import serializers

from burnin_site.core.api_input import BIGGEST_ID, Input
from burnin_site.core.name_fields import validate_line, validate_text
from drives.models import Drive
from jobs.models import BurninJob, BurninStage, JobState, Override, TemperatureSample


class DriveQueryIn(serializers.Serializer[Any]):
    """Which drives to list."""

    host = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
    search = serializers.CharField(max_length=200, required=False, allow_blank=True)


class DriveIn(Input):
    """What people may set on a drive."""

    location = serializers.CharField(max_length=120, required=False, allow_blank=True, validators=[validate_line])
    notes = serializers.CharField(max_length=10000, required=False, allow_blank=True, validators=[validate_text])


class DriveOut(serializers.ModelSerializer[Drive]):
    """A drive. `active_job` comes with the query."""

    simulated = serializers.BooleanField(source="host.simulated")
    active_job = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Drive
        fields = (
            "id",
            "host",
            "devname",
            "serial",
            "wwn",
            "model",
            "size_bytes",
            "protocol",
            "temperature_c",
            "smart_health",
            "present",
            "in_use",
            "simulated",
            "location",
            "notes",
            "active_job",
        )


class StartIn(Input):
    """Which drives to burn in, and how. `operator` was sent by older clients; who asks is known from the login."""

    ignored: ClassVar[frozenset[str]] = frozenset({"operator"})

    drive_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID), allow_empty=False, max_length=5000
    )
    run_surface = serializers.BooleanField(default=True)
    run_short = serializers.BooleanField(default=True)
    run_long = serializers.BooleanField(default=True)
    stage_order = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_null=True, default=None, max_length=20
    )
    profile = serializers.CharField(max_length=20, allow_null=True, default=None)
    plan = serializers.CharField(max_length=20, allow_null=True, default=None)
    confirm = serializers.DictField(child=serializers.CharField(max_length=80, allow_blank=True), default=dict)

    tokens = serializers.DictField(child=serializers.CharField(max_length=200_000), default=dict)


class ConfirmIn(StartIn):
    """The same plan and drives as a start, of which only the serial numbers count as a confirmation."""

    tokens = None  # type: ignore[assignment]


class StartedJobOut(serializers.ModelSerializer[BurninJob]):
    """A burn-in that was just queued."""

    class Meta:
        model = BurninJob
        fields = ("id", "drive_id", "state")


class RefusalOut(serializers.Serializer[Any]):
    """A drive that was refused."""

    drive_id = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class StageOut(serializers.ModelSerializer[BurninStage]):
    """One stage."""

    name = serializers.CharField(source="stage_name")

    class Meta:
        model = BurninStage
        fields = (
            "name",
            "state",
            "percent",
            "bytes_done",
            "bytes_total",
            "rate_bps",
            "eta_at",
            "attempt",
            "started_at",
            "finished_at",
            "error_text",
            "bad_blocks",
            "findings",
        )


class JobOut(serializers.ModelSerializer[BurninJob]):
    """A burn-in with its stages."""

    operator = serializers.CharField(source="operator_name")
    stages = StageOut(many=True)

    class Meta:
        model = BurninJob
        fields = (
            "id",
            "drive",
            "profile",
            "plan",
            "state",
            "percent",
            "stage_name",
            "operator",
            "simulated",
            "created_at",
            "started_at",
            "finished_at",
            "paused_at",
            "paused_by",
            "waiting_since",
            "waiting_reason",
            "error_text",
            "cooling_since",
            "stages",
        )


class SampleOut(serializers.ModelSerializer[TemperatureSample]):
    """A temperature that was read."""

    stage = serializers.CharField(source="stage_name")

    class Meta:
        model = TemperatureSample
        fields = ("at", "celsius", "stage")


class RetryIn(Input):
    """The confirmation that an old one needs beside it: the serial number typed, or a token of `burnin/confirm`."""

    confirm_serial = serializers.CharField(default="", allow_blank=True, max_length=100)
    token = serializers.CharField(default="", allow_blank=True, max_length=200_000)


class MoveIn(Input):
    """Where a burn-in is to go on: its drive, as the other host has it, and its serial number typed."""

    drive_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    confirm_serial = serializers.CharField(default="", allow_blank=True, max_length=100)


class OverrideIn(Input):
    """What may be erased on a drive, and why."""

    codes = serializers.ListField(child=serializers.CharField(max_length=40), allow_empty=False, max_length=20)
    serial = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=500)


class OverrideOut(serializers.ModelSerializer[Override]):
    """An override."""

    class Meta:
        model = Override
        fields = ("id", "drive", "codes", "reason", "created_by_name", "created_at", "expires_at", "job")


class JobQueryIn(serializers.Serializer[Any]):
    """Which burn-ins to list."""

    state = serializers.ChoiceField(choices=JobState.choices, required=False)
    drive = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
