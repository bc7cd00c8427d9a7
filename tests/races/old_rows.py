"""Burn-ins as 0.2.0 could leave them: two or three active ones of one drive. Not a test: run by `manage.py shell`."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from jobs import endings, engine
from jobs.models import BurninJob
from tests.races.world import CountingHost

WWN, OTHER = "0x5000c500a1b2c3d4", "0x5000c500ffffffff"
QUEUED: dict[str, Any] = {"state": "queued"}
RUNNING: dict[str, Any] = {"state": "running"}
WRITES: dict[str, Any] = {"state": "running", "wrote": True}
WAITS: dict[str, Any] = {"state": "running", "wrote": True, "waits": True}
PAST: dict[str, Any] = {"state": "passed"}

# By serial number, the older one first; `serial` is how that view spells it.
LEFT: dict[str, list[dict[str, Any]]] = {
    "ALONE": [RUNNING],
    "ENDED": [PAST, {"state": "unknown"}],
    "TWO-QUEUED": [QUEUED, QUEUED],
    "ONE-RUNS": [QUEUED, RUNNING],
    "ONE-WAITS": [WAITS, WRITES],
    "ONE-WRITES": [WRITES, RUNNING],
    "BOTH-WRITE": [WRITES, WRITES],
    "TWO-DRIVES": [{**WRITES, "wwn": WWN}, {**WRITES, "wwn": OTHER}],
    "NO-WWN": [{**WRITES, "wwn": WWN}, {**QUEUED, "wwn": ""}],
    "SPELLED": [WRITES, {**QUEUED, "serial": "spelled"}],
    "OTHER-SIZE": [WRITES, {**QUEUED, "size_bytes": 5}],
    "THREE": [QUEUED, WRITES, QUEUED],
    "CANCELLING": [WRITES, {**RUNNING, "cancel": True}],
    "AFTER": [PAST, WRITES],
}


def make() -> None:
    """Write them down in the tables of 0.2.0."""
    apps = MigrationExecutor(connection).loader.project_state([("jobs", "0006_crashes")]).apps
    now = timezone.now()
    hosts = [apps.get_model("drives", "Host").objects.create(name=f"shelf-{letter}") for letter in "abc"]
    for name, views in LEFT.items():
        for host, view in zip(hosts, views, strict=False):
            seen = {
                "serial": view.get("serial", name),
                "wwn": view.get("wwn", ""),
                "size_bytes": view.get("size_bytes", 9),
            }
            drive = apps.get_model("drives", "Drive").objects.create(host=host, devname="sdb", **seen)
            values = {"state": view["state"], "profile": "surface", "plan": "classic"}
            values |= {"waiting_since": now if view.get("waits") else None}
            values |= {"cancel_requested_at": now if view.get("cancel") else None}
            job = apps.get_model("jobs", "BurninJob").objects.create(drive=drive, **values, **seen)
            stage = {"position": 1, "stage_name": "surface_validate", "destructive": True}
            apps.get_model("jobs", "BurninStage").objects.create(job=job, **stage)
            spent = {"accepted_at": now, "spent_at": now if view.get("wrote") else None}
            token = {"token_hash": str(job.pk), "user_name": "bob", "plan_hash": "x", **seen, **spent}
            apps.get_model("jobs", "WipeToken").objects.create(job=job, **token)


def show() -> None:
    """Let a worker have its turn at each that is to be ended, and print what there is by name, the older one first."""
    door = CountingHost()
    for module in (engine, endings):
        module.open_program = lambda _host: door  # type: ignore[attr-defined]
    for job in BurninJob.objects.exclude(stop_reason="", cancel_requested_at=None):
        engine.tick(job_id=job.pk, clock=timezone.now)
    found: dict[str, list[dict[str, str]]] = {name: [] for name in LEFT}
    for job in BurninJob.objects.order_by("pk"):
        said = {"identity": job.identity, "state": job.state, "said": job.error_text, "pk": str(job.pk)}
        found[job.serial.upper()].append(said)
    sys.stdout.write(json.dumps({"found": found, "launched": door.launched}) + "\n")
