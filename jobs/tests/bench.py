"""A bench without hosts: rows in the database, a host door that a test plays, a clock that a test turns."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from drives.models import Drive, Host
from jobs import endings, engine, services
from jobs.models import BurninJob, BurninStage
from jobs.plans import Plan, make_plan
from jobs.tests.badblocks_output import write_log
from jobs.tests.stages.fake_host import NOW, FakeHost

SIZE = 64 * 2**20
LAST = 16383
HEALTHY = {
    "device": {"protocol": "ATA"},
    "smart_status": {"passed": True},
    "temperature": {"current": 34},
    "ata_smart_attributes": {"table": [{"id": 197, "raw": {"value": 0, "string": "0"}}]},
}


@dataclass
class Bench:
    """One host with one drive in it, and a person who starts burn-ins."""

    drive: Drive
    person: User
    door: FakeHost = field(default_factory=FakeHost)
    now: datetime = NOW

    def start(self, **choices: Any) -> BurninJob:
        """Start a burn-in: surface only, unless chosen otherwise."""
        plan = make_plan(**{"run_short": False, "run_long": False, **choices})
        return self.start_plan(plan)

    def start_plan(self, plan: Plan) -> BurninJob:
        """Start a burn-in with this plan, confirmed as it should be; by badblocks unless it says otherwise."""
        plan = replace(plan, surface=plan.surface or "classic")
        confirm = {str(self.drive.pk): self.drive.serial}
        outcome = services.start_jobs(drive_ids=[self.drive.pk], plan=plan, confirm=confirm, actor=self.person)
        assert outcome.refused == (), outcome.refused
        return outcome.jobs[0]

    def tick(self, job: BurninJob, after_s: float = 1) -> BurninJob:
        """Let a worker have its turn; the job as it is then."""
        self.now += timedelta(seconds=after_s)
        engine.tick(job_id=job.pk, clock=lambda: self.now)
        job.refresh_from_db()
        return job

    def end_pattern(self, pattern: str, **changes: Any) -> None:
        """End the run of a pattern without errors."""
        self.door.end(log=write_log(LAST, pattern), **changes)

    def finish_surface(self, job: BurninJob) -> BurninJob:
        """Let every pattern pass."""
        for pattern in ("0xaa", "0x55", "0xff", "0x00"):
            self.end_pattern(pattern)
            job = self.tick(job)
        return job

    def stage(self, job: BurninJob, name: str = "surface_validate") -> BurninStage:
        """Return a stage of the job as it is in the database."""
        return job.stages.get(stage_name=name)


@pytest.fixture
def bench(db: None, bob: User, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Yield an armed host with one free drive, reached through a door that the test plays."""
    host = Host.objects.create(name="nas-1", ssh_host="127.0.0.1", ssh_password="x", armed=True, max_parallel=2)
    made = Bench(make_drive(host), bob)
    made.door.smart_answers = [HEALTHY]
    made.door.disks = [{"serial": made.drive.serial, "devname": "sdb", "size_bytes": SIZE, "wwn": "", "in_use": []}]
    for module in (engine, endings):
        monkeypatch.setattr(module, "open_program", lambda _host: made.door)
    return made


def make_drive(host: Host, serial: str = "ZA1", devname: str = "sdb") -> Drive:
    """Return a drive of 64 MiB."""
    return Drive.objects.create(host=host, serial=serial, devname=devname, model="TEST", size_bytes=SIZE)
