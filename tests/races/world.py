"""A drive with two rows, a host that counts what it was asked to launch, and twenty threads that begin at once.

Not a test: `tests.races.one_drive` runs it in a process of its own, on the database of its environment.
"""

from __future__ import annotations

import itertools
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from burnin_site.core.errors import BurninError
from drives.hosts.ports import DiskInfo, InventoryReport
from drives.models import Drive, Host
from drives.services import store_inventory
from jobs import endings, engine, moving, retrying
from jobs.models import ACTIVE_STATES, BurninJob, JobState
from jobs.plans import make_plan
from jobs.services import start_jobs
from jobs.tests.bench import HEALTHY, SIZE
from jobs.tests.stages.fake_host import FakeHost

WITHIN_S = 120.0
numbers = itertools.count(1)


class CountingHost(FakeHost):
    """Every host of the world, so that one drive is one drive: keeps its runs in step between threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self.smart_answers = [HEALTHY]
        self.disks = []

    def launch(self, **what: Any) -> dict[str, Any]:
        """Launch, or adopt, one after the other."""
        with self._lock:
            return super().launch(**what)

    def launches_of(self, serial: str) -> list[str]:
        """Return the runs that were launched on a drive."""
        return [launch["run_id"] for launch in self.launched if launch["guard"]["serial"] == serial]


@dataclass(frozen=True)
class Pair:
    """One drive by two rows."""

    serial: str
    one: Drive
    other: Drive


class World:
    """What the threads act on."""

    def __init__(self) -> None:
        self.door = CountingHost()
        for module in (engine, endings):
            module.open_program = lambda _host: self.door  # type: ignore[attr-defined]
        self.person = User.objects.create_user("bob")
        values = {"ssh_host": "127.0.0.1", "ssh_password": "x", "armed": True, "max_parallel": 1000}
        self.hosts = [Host.objects.create(name=f"shelf-{name}", **values) for name in "ab"]

    def pair(self, view: str) -> Pair:
        """Return a new drive as it is seen twice."""
        serial = f"ZA-{next(numbers)}"
        told = {"serial": serial, "size_bytes": SIZE, "model": "TEST"}
        hosts = self.hosts if view != "two paths of one host" else [self.hosts[0]] * 2
        wwn = f"0x5000c500{next(numbers):08x}"
        wwns = [wwn, wwn if view == "two host rows" else ""]
        rows = [
            Drive.objects.create(host=host, wwn=wwn, devname=f"sd{letter}", **told)
            for host, wwn, letter in zip(hosts, wwns, "bc", strict=True)
        ]
        self.door.disks = [
            *self.door.disks,
            {"serial": serial, "devname": "sdb", "size_bytes": SIZE, "wwn": rows[0].wwn, "in_use": []},
        ]
        return Pair(serial, *rows)

    def start(self, drive: Drive) -> None:
        """Start as an operator does."""
        plan = make_plan(run_short=False, run_long=False, plan="classic")
        confirm = {str(drive.pk): drive.serial}
        start_jobs(drive_ids=[drive.pk], plan=plan, confirm=confirm, actor=self.person)

    def look(self, pair: Pair) -> None:
        """Be the scheduler that reads the disks of both hosts, a few times, and finds something new each time."""
        if pair.one.host_id == pair.other.host_id:
            return  # there both paths would be refused, and nothing would race
        for row in [pair.one, pair.other] * 3:
            disk = DiskInfo(row.devname, row.serial, SIZE, wwn=row.wwn, temperature_c=next(numbers) % 60)
            store_inventory(host_id=row.host_id, report=InventoryReport((disk,)), now=timezone.now())

    def retry(self, job_id: int) -> None:
        """Try again, confirmed."""
        job = BurninJob.objects.select_related("drive__host").get(pk=job_id)
        retrying.retry_job(job=job, actor=self.person, confirm_serial=job.serial)

    def move(self, job_id: int, drive: Drive) -> None:
        """Move, vouched for."""
        job = BurninJob.objects.select_related("drive__host").get(pk=job_id)
        moving.move_job(job=job, drive_id=drive.pk, actor=self.person, confirm_serial=job.serial)

    def work(self, serial: str) -> None:
        """Be a worker for all jobs of a drive, a few times."""
        for _ in range(3):
            for job_id in active(serial):
                engine.tick(job_id=job_id, clock=timezone.now)

    def ended(self, drive: Drive) -> int:
        """Return a burn-in of this row that ended unknown before it had begun."""
        self.start(drive)
        (job_id,) = active(drive.serial)
        BurninJob.objects.filter(pk=job_id).update(state=JobState.UNKNOWN)
        return job_id

    def running(self, drive: Drive) -> int:
        """Return a burn-in of this row that was begun and has launched nothing yet."""
        self.start(drive)
        (job_id,) = active(drive.serial)
        BurninJob.objects.filter(pk=job_id).update(state=JobState.RUNNING, started_at=timezone.now())
        return job_id


def active(serial: str) -> list[int]:
    """Return the active burn-ins of a drive."""
    jobs = BurninJob.objects.filter(serial=serial, state__in=ACTIVE_STATES)
    return list(jobs.values_list("pk", flat=True))


def at_once(deeds: Sequence[Callable[[], None]]) -> list[str]:
    """Do all of this at the same moment, each in its own thread and on its own connection; what broke.

    A refusal is no breakage, an error of the database is.
    """
    together, broken = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[], None]) -> None:
        try:
            together.wait(WITHIN_S)
            deed()
        except BurninError:
            pass
        except Exception:  # whatever it is, it belongs into the report
            broken.append(traceback.format_exc())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(deed,), daemon=True) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN_S)
    return broken + ["A thread hangs." for thread in threads if thread.is_alive()]


def report(world: World, pair: Pair, broken: list[str]) -> Mapping[str, Any]:
    """Return what is true afterwards."""
    return {"active": len(active(pair.serial)), "launched": world.door.launches_of(pair.serial), "broken": broken}
