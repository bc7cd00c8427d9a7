"""(a) A surface burn-in of four devices through the product, against the same badblocks commands in a shell loop."""

from __future__ import annotations

import subprocess
import time
from datetime import datetime
from typing import Any

from jobs.stages.badblocks import PATTERNS, choose_geometry, write_argv
from tests.bench.figures import Figure
from tests.lab.disks import LabDisk
from tests.lab.lab import MIB, Lab
from tests.product.bench_host import BenchHost

DEVICES = 4
PLAN_MIB = 1024
PLAN_RATE = 150 * MIB  # about what a hard drive does
RATE = 30 * MIB  # the device, not this machine, sets the pace; a run lasts minutes, its hand-overs seconds


def measure(bench: BenchHost, lab: Lab, size_mib: int) -> Figure:
    """Return wall time through the product ÷ wall time of the bare commands, all four devices at once in both."""
    disks = [lab.add_disk(size_mib * MIB) for _ in range(DEVICES)]
    for disk in disks:
        disk.limit(RATE)
    bare = _bare(disks)
    for disk in disks:
        bench.drive_of(disk)
    start = time.monotonic()
    jobs = bench.start(*disks)
    for job in jobs:
        state = bench.wait_for(job, within_s=600)["state"]
        if state != "passed":
            raise RuntimeError(f"A healthy device ended {state}.")
    ours = time.monotonic() - start
    for disk in disks:
        lab.remove_disk(disk)
    name = f"(a) surface burn-in of {DEVICES} × {size_mib} MiB: {ours:.1f} s ÷ shell loop {bare:.1f} s"
    return Figure(name, ours / bare, 1.05)


def compare_plans(bench: BenchHost, lab: Lab) -> Figure:
    """Return wall time of the standard plan ÷ that of the classic plan, through the product, side by side."""
    seconds = {}
    disks = {plan: lab.add_disk(PLAN_MIB * MIB) for plan in ("standard", "classic")}
    for disk in disks.values():
        disk.limit(PLAN_RATE)
        bench.drive_of(disk)
    jobs = {plan: bench.start(disk, plan=plan)[0] for plan, disk in disks.items()}
    for plan, job in jobs.items():
        ended = bench.wait_for(job, within_s=600)
        if ended["state"] != "passed":
            raise RuntimeError(f"A healthy device ended {ended['state']} by the {plan} plan.")
        seconds[plan] = _seconds_of(ended)
        lab.remove_disk(disks[plan])
    name = f"(e) {PLAN_MIB} MiB: standard {seconds['standard']:.1f} s ÷ classic {seconds['classic']:.1f} s"
    return Figure(name, seconds["standard"] / seconds["classic"], 0.55)


def _seconds_of(job: dict[str, Any]) -> float:
    started, finished = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (finished - started).total_seconds()


def _bare(disks: list[LabDisk]) -> float:
    start = time.monotonic()
    loops = [subprocess.Popen(("sh", "-c", _script(disk)), stderr=subprocess.DEVNULL) for disk in disks]
    if any(loop.wait() for loop in loops):
        raise RuntimeError("badblocks in a shell loop failed.")
    return time.monotonic() - start


def _script(disk: LabDisk) -> str:
    geometry = choose_geometry(disk.size, disk.order.physical_block)
    commands = [write_argv(geometry, pattern, 256) for pattern in PATTERNS]
    lines = (" ".join(word.replace("{device}", disk.device) for word in words) for words in commands)
    return " && ".join(lines)
