"""The whole product on either database, one real host by two rows, and twenty clients that want one drive."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.acceptance.test_refusals import untouched
from tests.chaos.writers import WriterWatch
from tests.lab import processes
from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import badblocks_of
from tests.product.bench_host import BenchHost
from tests.product.guarded_host import GuardedHost
from tests.product.running import Product
from tests.races.conftest import KINDS, fresh_database

pytestmark = pytest.mark.lab
SIZE = 64 * MIB
SLOW = MIB
SLOWEST = MIB // 4
AT_ONCE = 20
Call = tuple[str, dict[str, Any]]


@dataclass
class TwoRows:
    """A host by two rows of a product."""

    one: BenchHost
    other: BenchHost

    @property
    def product(self) -> Product:
        """The product that both are rows of."""
        return self.one.product

    def rows_of(self, disk: LabDisk) -> list[dict[str, Any]]:
        """Return the drive as each row has it."""
        return [bench.drive_of(disk) for bench in (self.one, self.other)]

    def known(self, disk: LabDisk) -> list[dict[str, Any]]:
        """Return the drive as each row had it last."""
        return [bench.known(disk) for bench in (self.one, self.other)]

    def without(self, job: int, disk: LabDisk) -> dict[str, Any]:
        """Return the row that a burn-in is not on."""
        here = self.one.job(job)["drive"]
        return next(row for row in self.known(disk) if row["id"] != here)

    def active(self, disk: LabDisk) -> list[dict[str, Any]]:
        """Return the burn-ins of a drive that are not over."""
        rows = {row["id"] for row in self.known(disk)}
        jobs = self.product.get("/api/v1/burnin")["results"]
        return [job for job in jobs if job["drive"] in rows and job["state"] in ("queued", "running")]

    def change(self, words: str) -> None:
        """Change the book behind the product's back: what only a broken host or a long time would bring about."""
        names = "from drives.models import Drive; from jobs.models import BurninJob"
        self.product.manage("shell", "-c", f"{names}; {words}")


@pytest.fixture(scope="module", params=KINDS)
def rows(lab: Lab, request: pytest.FixtureRequest) -> Iterator[TwoRows]:
    """Yield a product on this kind of database, with two rows of the lab's host, which it lists only when asked."""
    with Product(POLL_INTERVAL_SECONDS="600", **fresh_database(request, "hosts")) as product:
        yield TwoRows(BenchHost(product, lab, name="shelf-a"), BenchHost(product, lab, name="shelf-b"))
        product.stop()


def start(row: dict[str, Any]) -> Call:
    """Return the request that starts a burn-in of this row."""
    plan = {"run_short": False, "run_long": False, "plan": "classic"}
    return "/api/v1/burnin/start", {"drive_ids": [row["id"]], "confirm": {str(row["id"]): row["serial"]}, **plan}


def all_at_once(product: Product, calls: list[Call]) -> list[requests.Response]:
    """Send all of this at the same moment, each from a client of its own; the answers."""
    together, answers = threading.Barrier(len(calls)), []
    cookies = product.session.cookies

    def send(path: str, body: dict[str, Any]) -> None:
        together.wait(60)
        answers.append(requests.post(product.url + path, json=body, cookies=cookies, timeout=60))

    threads = [threading.Thread(target=send, args=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert len(answers) == len(calls), "every client got an answer"
    return answers


def check_one(rows: TwoRows, disk: LabDisk, answers: list[requests.Response]) -> int:
    """See that one call was heard and that all others were refused with a sentence; the burn-in."""
    check_refused(answers)
    assert len([answer for answer in answers if answer.ok]) == 1, [answer.text for answer in answers]
    (job,) = rows.active(disk)
    return int(job["id"])


def check_refused(answers: list[requests.Response]) -> None:
    """See that whatever was not done was refused with a sentence."""
    assert {answer.status_code for answer in answers} <= {200, 201, 409}, [answer.text for answer in answers]
    assert all(answer.ok or answer.json()["error"].endswith(".") for answer in answers)


def test_one_drive_by_two_rows_gets_one_burn_in_and_one_run(rows: TwoRows, lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOW)
    with WriterWatch([disk], lab.base_dir / "runs") as watch:
        job = started(rows, disk)
        job = tried_again(rows, disk, job)
        moved(rows, disk, job)
        disk.limit(0)
        assert rows.one.wait_for(job, within_s=240)["state"] == "passed"
    assert watch.looks > 1
    assert watch.double == []


def started(rows: TwoRows, disk: LabDisk) -> int:
    """Start on both rows at once, the WWN missing in one of them; the burn-in."""
    product, (one, other) = rows.product, rows.rows_of(disk)
    rows.change(f"Drive.objects.filter(pk={other['id']}).update(wwn='')")
    job = check_one(rows, disk, all_at_once(product, [start(one), start(other)] * (AT_ONCE // 2)))
    rows.one.wait_for_bytes(job, 0.001)
    assert_one_writer(disk)
    refused = product.send("POST", *start(rows.without(job, disk))).json()
    assert f"is already in burn-in {job} on shelf-" in refused["error"]
    assert f"(seen there as {disk.devname})" in refused["error"]
    return job


def tried_again(rows: TwoRows, disk: LabDisk, job: int) -> int:
    """Try it again and start on both rows, at once, after it ended unknown; the burn-in."""
    rows.change(f"BurninJob.objects.filter(pk={job}).update(stop_reason='Stopped by a test.')")
    assert rows.one.wait_for(job)["state"] == "unknown"
    again: Call = (f"/api/v1/burnin/{job}/retry", {"confirm_serial": disk.serial})
    starts = [start(row) for row in rows.rows_of(disk)] * 6
    job = check_one(rows, disk, all_at_once(rows.product, [again] * 8 + starts))
    rows.one.wait_for_bytes(job, 0.001)
    assert_one_writer(disk)
    return job


def moved(rows: TwoRows, disk: LabDisk, job: int) -> None:
    """Move it and start on both rows, at once; on the other row it is the same host, and the run goes on."""
    there = rows.without(job, disk)
    rows.change(f"Drive.objects.filter(serial='{disk.serial}').exclude(pk={there['id']}).update(present=False)")
    move: Call = (f"/api/v1/burnin/{job}/move", {"drive_id": there["id"], "confirm_serial": disk.serial})
    calls = [move] * 8 + [start(row) for row in rows.known(disk)] * 6

    def is_moved() -> bool:
        check_refused(all_at_once(rows.product, calls))  # not while a worker is at it
        return bool(rows.one.job(job)["drive"] == there["id"])

    wait_until(is_moved, "it has moved", within_s=60, every_s=1)
    assert [active["id"] for active in rows.active(disk)] == [job]
    assert_one_writer(disk)


def assert_one_writer(disk: LabDisk) -> None:
    """See that one badblocks, and no other, has the drive open; between two patterns there is none for a moment."""
    wait_until(lambda: badblocks_of(disk), f"badblocks works on {disk.device}", within_s=60, every_s=0.1)
    writers = [pid for pid in processes.holders(disk.device) if processes.name(pid) == "badblocks"]
    assert len(writers) <= 1, writers


def test_two_paths_that_say_they_are_one_drive_are_both_left_alone(rows: TwoRows, lab_disk: DiskFactory) -> None:
    disk, path = lab_disk(16 * MIB), lab_disk(16 * MIB)
    path.smart.update(serial=disk.serial, wwn=disk.wwn)
    seen = [row for bench in (rows.one, rows.other) for row in listed(bench, disk.serial)]
    with untouched(disk, path):
        answers = all_at_once(rows.product, [start(row) for row in seen * (AT_ONCE // len(seen))])
        assert {answer.status_code for answer in answers} == {409}
        assert rows.active(disk) == []


def listed(bench: BenchHost, serial: str) -> list[dict[str, Any]]:
    """Return the rows of this serial number, as they are read anew."""
    before = bench.row()["last_polled_at"]
    bench.product.post(f"/api/v1/hosts/{bench.id}/refresh")
    wait_until(
        lambda: bench.row()["last_polled_at"] not in (before, None), "the disks are read", within_s=30, every_s=0.25
    )
    return list(bench.product.get(f"/api/v1/drives?host={bench.id}&search={serial}")["results"])


def test_twenty_launches_on_one_host_start_one_engine(lab: Lab, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.limit(SLOWEST)
    hosts = [GuardedHost(lab), GuardedHost(lab)]
    try:
        requests_ = [hosts[number % 2].request(disk) for number in range(AT_ONCE)]
        threads = [
            threading.Thread(target=hosts[number % 2].program.launch, kwargs=request, daemon=True)
            for number, request in enumerate(requests_)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        names = [request["run_id"] for request in requests_]

        def states() -> list[str]:
            seen = hosts[0].program.probe(runs=names)["runs"]
            return sorted(seen[name]["state"] for name in names)

        one_runs = ["refused"] * (AT_ONCE - 1) + ["running"]
        wait_until(lambda: states() == one_runs, "one runs and all others are refused", within_s=90, every_s=0.25)
        assert_one_writer(disk)
        for name in names:
            hosts[0].program.signal(run_id=name, action="terminate")
    finally:
        disk.limit(0)
        for host in hosts:
            host.close()
