"""One physical drive has one active burn-in, whatever row it is seen on: by a key in the job's row.

The constraints follow in a migration of their own: PostgreSQL makes no index of a table that the same transaction filled.

0.2.0 could begin two. Then the one that works keeps the key, else the older, and the other is ended by the worker as
unknown with a sentence: on its host first, so that nothing goes on writing. Two that both wrote are both ended: each
would find the other's writing and blame the drive. Two drives that are surely different (of one serial number, and two
registered WWNs) both go on.
"""

import re
from collections import defaultdict
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ACTIVE = ("queued", "running")
REGISTERED_WWN = re.compile(r"0x[356](?:[0-9a-f]{15}|[0-9a-f]{31})")


def identity_of(serial: str) -> str:
    """As jobs.identity had it in this version; a migration does not change with the code."""
    folded = " ".join(serial.replace("\0", " ").split()).casefold()
    return "".join(sign for sign in folded if sign.isalnum()) or folded


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give every burn-in its key; of several active ones of a drive, only one."""
    jobs = apps.get_model("jobs", "BurninJob").objects
    ended = jobs.exclude(state__in=ACTIVE)
    for serial in list(ended.order_by().values_list("serial", flat=True).distinct()):
        ended.filter(serial=serial).update(identity=identity_of(serial))
    active: dict[str, list[Any]] = defaultdict(list)
    for job in jobs.filter(state__in=ACTIVE).select_related("drive__host").order_by("pk"):
        active[identity_of(job.serial) or f"burn-in {job.pk}"].append(job)
    wrote = set(apps.get_model("jobs", "WipeToken").objects.exclude(spent_at=None).values_list("job_id", flat=True))
    for key, rivals in active.items():
        keeper, *others = sorted(rivals, key=lambda job: (job.state != "running", job.waiting_since is not None))
        jobs.filter(pk=keeper.pk).update(identity=key)
        for other in others:
            _settle(jobs, key, keeper, other, wrote)


def _settle(jobs: Any, key: str, keeper: Any, other: Any, wrote: set[int]) -> None:
    if _surely_different(keeper, other):
        jobs.filter(pk=other.pk).update(identity=f"{key} {other.wwn}")
        return
    both = _writes(keeper, wrote) and _writes(other, wrote)
    _stop(jobs, other, keeper, "Neither can say" if both else "This one was stopped and does not say")
    if both:
        _stop(jobs, keeper, other, "Neither can say")


def _surely_different(one: Any, other: Any) -> bool:
    return one.wwn != other.wwn and all(REGISTERED_WWN.fullmatch(job.wwn) for job in (one, other))


def _writes(job: Any, wrote: set[int]) -> bool:
    return job.pk in wrote and job.state == "running" and job.waiting_since is None


def _stop(jobs: Any, job: Any, rival: Any, words: str) -> None:
    """Have a worker end it. What stops it already goes on doing so."""
    reason = (
        f"{job.serial} was also in burn-in {rival.pk} on {rival.drive.host.name} (seen there as "
        f"{rival.drive.devname or rival.serial}), but one drive has one burn-in. {words} anything about the drive."
    )
    jobs.filter(pk=job.pk, stop_reason="", cancel_requested_at=None).update(stop_reason=reason, due_at=None)


class Migration(migrations.Migration):
    dependencies = [("drives", "0001_initial"), ("jobs", "0006_crashes")]

    operations = [
        migrations.AddField("burninjob", "identity", models.CharField(blank=True, default="", max_length=240)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
