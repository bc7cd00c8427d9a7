"""What version 0.2.0 began goes on to its right verdict where it began; then its host leaves that folder."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drives.hosts.program.run_dir import DEFAULT_BASE
from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until
from tests.product.bench_host import BenchHost
from tests.product.running import Product

pytestmark = pytest.mark.lab
LEFT = Path(__file__).parent / "version_0_2_0"
SHA256 = "a62d3fd2c69e554cb31b34c7d44e4ea71e568624560b0d5e64d3551289372238"
BASE = "/var/tmp/burnin-bench"
STORED = f"{BASE}/program/burnin_host-{SHA256[:20]}.pyz"
SERIALS = {"classic": "LABFBFB1801", "standard": "LABFBFB1802"}  # in what it left
WWNS = {"classic": "50014ee2fbfb1801", "standard": "50014ee2fbfb1802"}
INSTANCE = "8024d332"  # its name in those of its runs; the secret that it came from is not kept here
SIZE, SLOW = 48 * MIB, MIB
BEGUN = timedelta(minutes=2)
TIME = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?'")
LOGIN = """
from pathlib import Path
from drives.models import Host
host = Host.objects.get()
host.ssh_port, host.host_key, host.ssh_key = {port}, {host_key!r}, Path({key!r}).read_text()
host.save()
"""
FOLDER = "from drives.models import Host; print(Host.objects.get().base_dir)"


def of_these(text: str, disks: dict[str, LabDisk]) -> str:
    """Return what was left behind as if it were about these drives."""
    for plan, disk in disks.items():
        text = text.replace(SERIALS[plan], disk.serial).replace(WWNS[plan], disk.wwn)
    return text


def call_old_program(lab: Lab, op: str, **request: Any) -> dict[str, Any]:
    """Ask the program of 0.2.0, as that version did."""
    question = json.dumps({"op": op, "base_dir": BASE, **request})
    answer: dict[str, Any] = json.loads(lab.sshd.ssh(f"echo '{question}' | python3 {STORED}").stdout)
    assert answer["ok"], answer
    return answer


def launch_as_0_2_0(lab: Lab, disks: dict[str, LabDisk]) -> list[str]:
    """Store its program on the host and have it launch what it had launched; the names of the runs."""
    program = lzma.decompress((LEFT / "burnin_host.pyz.xz").read_bytes())
    assert hashlib.sha256(program).hexdigest() == SHA256
    for folder in (BASE, f"{BASE}/program"):
        Path(folder).mkdir(mode=0o700, exist_ok=True)
    Path(STORED).write_bytes(program)
    Path(STORED).chmod(0o600)
    launches = json.loads(of_these((LEFT / "launches.json").read_text(encoding="ascii"), disks))
    for launch in launches:
        call_old_program(lab, "clean", run_id=launch["run_id"])
        token = call_old_program(lab, "permit", **launch)["token"]
        assert call_old_program(lab, "launch", token=token, **launch)["run"]["state"] == "running"
    return [launch["run_id"] for launch in launches]


def rows_of_0_2_0(database: Path, disks: dict[str, LabDisk]) -> None:
    """Write its database, as it was two minutes ago."""
    when = (datetime.now(UTC) - BEGUN).strftime("'%Y-%m-%d %H:%M:%S.%f'")
    text = of_these((LEFT / "app.sql").read_text(encoding="utf-8"), disks)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(TIME.sub(when, text))


@pytest.fixture
def disks(lab_disk: DiskFactory) -> dict[str, LabDisk]:
    """Return the two drives, so slow that they are in the middle of their first pass."""
    made = {plan: lab_disk(SIZE) for plan in SERIALS}
    for disk in made.values():
        disk.limit(SLOW)
    made["standard"].fault("corrupt-write", SIZE // 2, 8192)
    return made


@pytest.fixture
def runs(lab: Lab, disks: dict[str, LabDisk]) -> Iterator[list[str]]:
    """Yield the runs that 0.2.0 began; none is left afterwards."""
    names = launch_as_0_2_0(lab, disks)
    yield names
    for name in names:
        call_old_program(lab, "signal", run_id=name, action="terminate")


def test_burn_ins_of_0_2_0_end_with_their_right_verdicts(lab: Lab, disks: dict[str, LabDisk], runs: list[str]) -> None:
    taken = Product(INSTANCE_ID=INSTANCE)
    rows_of_0_2_0(taken.directory / "app.db", disks)
    taken.manage("prepare")
    key = str(lab.sshd.key_path)
    taken.manage("shell", "-c", LOGIN.format(port=lab.sshd.port, host_key=lab.sshd.host_key, key=key))
    before = call_old_program(lab, "probe", runs=runs)["runs"]
    with taken:
        jobs = {row["plan"]: row["id"] for row in taken.get("/api/v1/burnin")["results"]}
        wait_until(lambda: moving(taken, jobs), "both are seen on their way", within_s=60, every_s=0.25)
        seen = call_old_program(lab, "probe", runs=runs)["runs"]
        assert {name: run["pid"] for name, run in seen.items()} == {name: run["pid"] for name, run in before.items()}
        for disk in disks.values():
            disk.limit(0)
        host = BenchHost.of_row(taken, lab, 1)
        ended = {plan: host.wait_for(job_id) for plan, job_id in jobs.items()}

        assert {plan: job["state"] for plan, job in ended.items()} == {"classic": "passed", "standard": "failed"}, ended
        wait_until(lambda: DEFAULT_BASE in taken.manage("shell", "-c", FOLDER), "the host has moved", within_s=60)
    assert not any(Path(BASE, "runs", name).exists() for name in runs), "and left it tidy"


def moving(product: Product, jobs: dict[str, int]) -> bool:
    """Say whether the new version has seen both runs on their way."""
    rows = [product.get(f"/api/v1/burnin/{job_id}") for job_id in jobs.values()]
    stages = [stage for row in rows for stage in row["stages"] if stage["name"] == "surface_validate"]
    return all(stage["bytes_done"] > 6 * MIB for stage in stages)
