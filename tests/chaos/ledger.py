"""The book at the end: every burn-in there, with the right verdict, told of once, and nobody at work any more."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.chaos.world import World
from tests.chaos.writers import WriterWatch
from tests.lab import processes
from tests.lab.disks import LabDisk
from tests.product.running import Product

# Every job of the run with what the audit says of it, read from the product's own database.
QUESTION = """
import json
from audit.models import AuditEvent
from jobs.models import BurninJob
rows = []
for job in BurninJob.objects.order_by("pk"):
    told = AuditEvent.objects.filter(job_id=job.pk).order_by("pk").values_list("event_type", flat=True)
    stages = [[stage.stage_name, stage.state, stage.attempt] for stage in job.stages.all()]
    rows.append({"id": job.pk, "serial": job.serial, "state": job.state, "error": job.error_text,
                 "percent": job.percent, "audit": list(told), "stages": stages})
print(json.dumps(rows))
"""


@dataclass(frozen=True)
class Drive:
    """A drive of known health."""

    what: str
    disk: LabDisk
    plan: str
    verdict: str


def entries(product: Product) -> list[dict[str, Any]]:
    """Return every burn-in that the product knows."""
    return list(json.loads(product.manage("shell", "-c", QUESTION).strip().splitlines()[-1]))


def mistakes(world: World, drives: list[Drive], watch: WriterWatch) -> list[str]:
    """Return everything that is not as it must be; empty when the ledger is exact."""
    book = entries(world.product)
    found = [*_of_jobs(book, drives), *(f"two writers: {each}" for each in watch.double)]
    if watch.looks < 100:
        found.append(f"the drives were looked at only {watch.looks} times")
    for drive in drives:
        if not watch.seen[drive.disk.serial]:
            found.append(f"{drive.what}: no engine was ever seen on it")
        if processes.holders(drive.disk.device):
            found.append(f"{drive.what}: somebody still has it open")
    return found


def _of_jobs(book: list[dict[str, Any]], drives: list[Drive]) -> list[str]:
    found = []
    by_serial = {entry["serial"]: entry for entry in book}
    if len(book) != len(drives):
        found.append(f"{len(book)} burn-ins in the book, {len(drives)} were started")
    for drive in drives:
        entry = by_serial.get(drive.disk.serial)
        if entry is None:
            found.append(f"{drive.what}: its burn-in is lost")
            continue
        if entry["state"] != drive.verdict:
            found.append(f"{drive.what}: {entry['state']} instead of {drive.verdict} ({entry['error']})")
        told = Counter(entry["audit"])
        if (told["job.started"], told["job.finished"]) != (1, 1):
            found.append(f"{drive.what}: the audit tells of {dict(told)}")
        open_stages = [name for name, state, _attempt in entry["stages"] if state in ("pending", "running")]
        if open_stages:
            found.append(f"{drive.what}: over, but {', '.join(open_stages)} is not")
    return found
