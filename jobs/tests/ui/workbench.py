"""Drives, burn-ins and stages for the tests of the pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from burnin_site.core.live.services import next_version
from drives.models import Drive, Host
from jobs.models import BurninJob, BurninStage

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TB = 10**12
FULL = ("precheck", "short_smart", "long_smart", "surface_validate", "final_check")


@transaction.atomic
def make_host(name: str = "maple", /, **values: Any) -> Host:
    """Make an armed host that can be reached."""
    known: dict[str, Any] = {"ssh_host": "127.0.0.1", "ssh_password": "x", "armed": True, "last_polled_at": NOW}
    return Host.objects.create(name=name, live_version=next_version(), **{**known, **values})


@transaction.atomic
def make_drive(host: Host, number: int = 1, **values: Any) -> Drive:
    """Make a healthy 12 TB drive."""
    known: dict[str, Any] = {
        "devname": f"da{number}",
        "serial": f"ZHZ{number:05d}",
        "model": "ST12000NM0008",
        "size_bytes": 12 * TB,
        "temperature_c": 38,
        "smart_health": "PASSED",
    }
    return Drive.objects.create(host=host, live_version=next_version(), **{**known, **values})


@transaction.atomic
def make_job(
    drive: Drive, state: str = "running", *, at: int = 3, stage: dict[str, Any] | None = None, **values: Any
) -> BurninJob:
    """Make a burn-in whose stages before `at` passed."""
    known: dict[str, Any] = {"started_at": NOW - timedelta(hours=30), "profile": "full", "stage_name": FULL[at]}
    job = BurninJob.objects.create(
        drive=drive,
        state=state,
        serial=drive.serial,
        size_bytes=drive.size_bytes,
        live_version=next_version(),
        **{**known, **values},
    )
    at = -1 if state == "queued" else at
    for place, name in enumerate(FULL):
        here = place == at
        known_stage: dict[str, Any] = {"state": "passed" if place < at else state if here else "pending"}
        BurninStage.objects.create(
            job=job,
            position=place + 1,
            stage_name=name,
            destructive=name == "surface_validate",
            **{**known_stage, **((stage or {}) if here else {})},
        )
    return job


@transaction.atomic
def touch_drive(drive: Drive, **values: Any) -> int:
    """Change a drive the way services do."""
    version = next_version()
    Drive.objects.filter(pk=drive.pk).update(live_version=version, **values)
    return version
