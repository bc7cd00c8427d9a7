"""One physical drive, seen once more: on another host row, by another path, under another name, with less known."""

from typing import Any

import pytest

from drives.models import Drive, Host
from jobs.models import BurninJob
from jobs.plans import make_plan
from jobs.services import StartOutcome, start_jobs
from jobs.tests.bench import SIZE, Bench

WWN = "0x5000c500a1b2c3d4"
OTHER_WWN = "0x5000c500ffffffff"
HIDDEN_AREA = 4096

# What the second view says; the first one says ZA-100 / WWN / SIZE.
VIEWS: dict[str, dict[str, Any]] = {
    "another host row": {},
    "no WWN there": {"wwn": ""},
    "another WWN there, which makes it ambiguous": {"wwn": OTHER_WWN},
    "a hidden area, so another size": {"size_bytes": SIZE - HIDDEN_AREA},
    "another size and no WWN": {"size_bytes": SIZE - HIDDEN_AREA, "wwn": ""},
    "another case": {"serial": "za-100"},
    "padded in the middle": {"serial": "ZA-   100"},
    "without its dash, as a USB bridge says it": {"serial": "ZA100", "wwn": ""},
    "a shortened serial number under the same WWN": {"serial": "ZA"},
}
every_view = pytest.mark.parametrize("view", VIEWS)


def second_row(bench: Bench, view: str, *, on_same_host: bool = False) -> Drive:
    """Return another row of the bench's drive; that one is ZA-100 with a WWN from now on."""
    Drive.objects.filter(pk=bench.drive.pk).update(serial="ZA-100", wwn=WWN)
    bench.drive.refresh_from_db()
    values = {"ssh_host": "127.0.0.1", "ssh_password": "x", "armed": True}
    host = bench.drive.host if on_same_host else Host.objects.create(name="shelf-b", **values)
    seen = {"serial": "ZA-100", "wwn": WWN, "size_bytes": SIZE, **VIEWS[view]}
    return Drive.objects.create(host=host, devname="sdc", model="TEST", **seen)


def try_start(bench: Bench, drive: Drive) -> StartOutcome:
    """Start a surface test as an operator does."""
    plan = make_plan(run_short=False, run_long=False, plan="classic")
    return start_jobs(drive_ids=[drive.pk], plan=plan, confirm={str(drive.pk): drive.serial}, actor=bench.person)


def active() -> int:
    """Return how many burn-ins are active."""
    return BurninJob.objects.filter(state__in=["queued", "running"]).count()
