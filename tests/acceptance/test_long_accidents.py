"""Accidents that take their time: locked for a minute, PostgreSQL restarted, a clock that jumps, a host that is killed.

`make accidents` runs them. Nothing may be lost, and no verdict may be false.
"""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.chaos.postgres import Postgres
from tests.chaos.world import Clock
from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until
from tests.product.bench_host import OVER, BenchHost
from tests.product.demo_run import DemoRun
from tests.product.running import Product
from tests.product.under_accident import UnderAccident, becomes, database_locked, logs, refuses, seconds_pass

pytestmark = [pytest.mark.lab, pytest.mark.soak]
LOCKED_S = 60
JUMPS_S = (300, 7200, -1800, -60, 0)


@pytest.fixture
def postgres(lab: Lab) -> Iterator[Postgres]:
    """Yield a PostgreSQL of the test's own."""
    with Postgres(lab.directory / f"postgres-{secrets.token_hex(4)}") as server:
        yield server


def test_a_database_that_is_locked_for_a_minute_loses_nothing(lab: Lab, lab_disk: DiskFactory) -> None:
    with Product() as product:
        burnin = UnderAccident(BenchHost(product, lab), lab, lab_disk(64 * MIB), slow_bps=MIB)
        with database_locked(product):
            becomes(product, "database_locked")
            seconds_pass(LOCKED_S, lambda: refuses(product, "database_locked"))
            burnin.still_works()
        becomes(product, "")
        burnin.ends_well()
        assert "start afresh" not in logs(product)


def test_a_postgresql_that_is_restarted_in_the_middle_loses_nothing(
    postgres: Postgres, lab: Lab, lab_disk: DiskFactory
) -> None:
    with Product(**postgres.environment) as product:
        burnin = UnderAccident(BenchHost(product, lab), lab, lab_disk(64 * MIB), slow_bps=2 * MIB)
        for _ in range(2):
            postgres.stop()
            becomes(product, "no_database")
            seconds_pass(15, lambda: refuses(product, "no_database", signs_in=False))
            burnin.still_works()
            postgres.start()
            becomes(product, "")
        burnin.ends_well()


def test_tables_of_postgresql_that_are_locked_for_a_minute_lose_nothing(
    postgres: Postgres, lab: Lab, lab_disk: DiskFactory
) -> None:
    with Product(**postgres.environment) as product:
        burnin = UnderAccident(BenchHost(product, lab), lab, lab_disk(64 * MIB), slow_bps=MIB)
        with psycopg.connect(postgres.url) as connection:
            connection.execute("LOCK TABLE jobs_burninjob, jobs_burninstage IN ACCESS EXCLUSIVE MODE")
            becomes(product, "database_locked")
            seconds_pass(LOCKED_S, lambda: None)
            burnin.still_works()
            assert product.send("GET", "/api/v1/burnin").json()["code"] == "database_locked"
        becomes(product, "")
        burnin.ends_well()


def test_a_clock_that_jumps_makes_no_false_verdict(tmp_path: Path, lab: Lab, lab_disk: DiskFactory) -> None:
    clock = Clock(tmp_path)
    with Product(**clock.environment) as product:
        burnin = UnderAccident(BenchHost(product, lab), lab, lab_disk(64 * MIB), slow_bps=MIB)
        for jump in JUMPS_S:
            clock.set(clock.offset_s + jump)
            burnin.moves(within_s=240)
        burnin.still_works()
        burnin.ends_well()


def test_a_start_with_a_disarmed_and_a_stopped_host_loses_nothing(lab: Lab, lab_disk: DiskFactory) -> None:
    with Product() as product, Lab() as other_lab:
        disarmed = UnderAccident(BenchHost(product, lab), lab, lab_disk(64 * MIB), slow_bps=2 * MIB)
        stopped = UnderAccident(
            BenchHost(product, other_lab, name="bench-2"), other_lab, other_lab.add_disk(64 * MIB), slow_bps=2 * MIB
        )
        spare, other_spare = lab_disk(64 * MIB), other_lab.add_disk(64 * MIB)
        disarmed.bench.drive_of(spare)
        stopped.bench.drive_of(other_spare)
        product.send("PATCH", f"/api/v1/hosts/{disarmed.bench.id}", {"armed": False})
        other_lab.sshd.change_host_key()
        other_lab.sshd.kill_sessions()
        wait_until(lambda: "key" in stopped.bench.row()["error"], "the other host is stopped", within_s=60)

        product.stop()
        product.start()
        product.sign_in()

        assert "disarmed" in refused(disarmed.bench, spare)
        assert "key" in refused(stopped.bench, other_spare)
        stopped.still_works()
        assert stopped.bench.job(stopped.job_id)["state"] == "running"
        assert "key" in stopped.bench.job(stopped.job_id)["waiting_reason"]
        product.send("PATCH", f"/api/v1/hosts/{disarmed.bench.id}", {"armed": True})
        disarmed.ends_well()
        stopped.bench.trust()
        stopped.ends_well()


def refused(bench: BenchHost, disk: LabDisk) -> str:
    """Return the sentence with which a start is refused."""
    answer = bench.try_start(disk, drives=[bench.known(disk)])
    assert not answer["jobs"]
    return str(answer["refused"][0]["message"])


class Demo:
    """The demonstration, used by the person whom its box names."""

    def __init__(self, run: DemoRun) -> None:
        self.run = run
        self.session = requests.Session()

    def sign_in(self) -> None:
        login = {"username": self.run.said("user"), "password": self.run.password}
        self.session.post(f"{self.run.said('address')}/api/auth/login", json=login, timeout=30).raise_for_status()

    def start(self, *drives: dict[str, Any]) -> list[int]:
        """Start burn-ins of these drives, surface only; the jobs' ids in their order."""
        body = {
            "drive_ids": [drive["id"] for drive in drives],
            "confirm": {str(drive["id"]): drive["serial"] for drive in drives},
            "run_short": False,
            "run_long": False,
        }
        answer = self.session.post(f"{self.run.said('address')}/api/v1/burnin/start", json=body, timeout=60).json()
        assert not answer["refused"], answer
        return [job["id"] for job in answer["jobs"]]

    def drives(self) -> list[dict[str, Any]]:
        """Return the drives of the simulated host."""
        return list(self.get("/api/v1/drives")["results"])

    def get(self, path: str) -> Any:
        answer = self.session.get(f"{self.run.said('address')}{path}", timeout=30)
        answer.raise_for_status()
        return answer.json()

    def job(self, job_id: int) -> dict[str, Any]:
        """Return a job; nothing while the server is being started."""
        with suppress(requests.RequestException):
            return dict(self.get(f"/api/v1/burnin/{job_id}"))
        return {}

    def wait_for(self, job_id: int, percent: float) -> None:
        """Wait until a burn-in is so far."""
        wait_until(lambda: self.job(job_id).get("percent", 0) >= percent, f"{percent} %", within_s=180, every_s=0.5)

    def end_of(self, job_id: int) -> dict[str, Any]:
        """Wait for the end of a burn-in; the job."""
        wait_until(lambda: self.job(job_id).get("state") in OVER, f"{job_id} is over", within_s=400, every_s=1)
        return self.job(job_id)


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    run = DemoRun(folder)
    try:
        run.start()
        person = Demo(run)
        person.sign_in()
        yield person
    finally:
        run.end()


def test_a_killed_simulated_host_and_a_killed_supervisor_make_no_false_verdict(tmp_path: Path) -> None:
    with demo(tmp_path) as person:
        wait_until(lambda: len(person.drives()) == 15, "the drives are listed", within_s=60, every_s=0.5)
        bad = next(drive for drive in person.drives() if "FAIL001" in drive["model"])
        good = next(drive for drive in person.drives() if drive["id"] != bad["id"] and not drive["in_use"])
        jobs = person.start(good, bad)
        for percent in (5, 10):
            person.wait_for(jobs[0], percent)
            person.run.child("mock_truenas").send(signal.SIGKILL)
        person.run.supervisor.kill()
        person.run.supervisor.wait()
        person.run.start()
        person.sign_in()
        passed, failed = (person.end_of(job) for job in jobs)
        assert passed["state"] in ("passed", "unknown"), passed
        assert failed["state"] in ("failed", "unknown"), failed
        assert all(len(job["error_text"].split()) > 3 for job in (passed, failed) if job["state"] != "passed")
