"""(d) The stamped engine against dd, badblocks and fio, on the same device in the same run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure
from tests.engine_checks.engine_host import EngineHost
from tests.lab.disks import LabDisk
from tests.lab.lab import MEMORY, MIB, Lab

SIZE_LIMITED = 1536 * MIB
SIZE = 2048 * MIB  # large enough for the beginning and the end not to count
RATE = 300_000_000
BLOCK_COUNTS = (256, 512, 1024)
READS = b"Reading and comparing"
# The median of so many: on a device as fast as this machine one run is up to a tenth faster or slower than the next.
ROUNDS = 7
ROUNDS_LIMITED = 3  # takes longer, and hardly differs


@dataclass(frozen=True)
class Speed:
    """Bytes per second of writing and of reading back, and seconds of a processor per gigabyte of both."""

    write: float
    verify: float
    cpu: float = 0.0


def measure(lab: Lab) -> list[Figure]:
    """Return how many times as fast as the engine the others are: at most 1 is wanted."""
    host = EngineHost(lab)
    with _disk(lab, SIZE_LIMITED) as disk:
        disk.limit(RATE)
        limited, dd = _side_by_side(partial(_stamped, host, disk), partial(_dd, disk), rounds=ROUNDS_LIMITED)
    with _disk(lab, SIZE) as disk:
        lab_free, lab_badblocks = _beside_badblocks(host, disk)
    with _disk(lab, SIZE) as disk, _in_memory(disk):
        free, badblocks = _beside_badblocks(host, disk)
        fio = _median([_fio(disk) for _ in range(ROUNDS)]) if shutil.which("fio") else None
    return [
        *_compared(f"dd bs=4M at {RATE // 10**6} MB/s", dd, limited, most=1 / 0.97),
        *_compared("badblocks at its best, no limit", lab_badblocks, lab_free, most=1.0),
        # A device as fast as memory: no drive is, but it shows what the engine costs by itself
        *_compared("badblocks at its best, in memory", badblocks, free, most=1.0),
        *(_compared("fio crc32c, in memory", fio, free, most=None) if fio else ()),
        Figure(f"(d) processor: stamped at {RATE // 10**6} MB/s, s/GB", limited.cpu, 0.5),
        Figure("(d) processor: stamped in memory, s/GB", free.cpu, 0.5),
        Figure("(d) processor: badblocks in memory, s/GB", badblocks.cpu),
        *([Figure("(d) processor: fio crc32c in memory, s/GB", fio.cpu)] if fio else ()),
    ]


@contextmanager
def _disk(lab: Lab, size: int) -> Iterator[LabDisk]:
    """Have one disk at a time: its content lies in memory."""
    disk = lab.add_disk(size)
    try:
        yield disk
    finally:
        lab.remove_disk(disk)


@contextmanager
def _in_memory(disk: LabDisk) -> Iterator[None]:
    """Let the disk be a plain piece of memory: without a limit, the lab's own program would be what is measured."""
    with tempfile.NamedTemporaryFile(dir=MEMORY, prefix="burnin-bench-") as image:
        image.write(bytes(disk.size))
        image.flush()
        kept = disk.image
        disk.detach()
        disk.image = Path(image.name)
        disk.attach()
        try:
            yield
        finally:
            disk.detach()
            disk.image = kept
            disk.attach()


def _compared(other: str, theirs: Speed, ours: Speed, *, most: float | None) -> list[Figure]:
    def line(verb: str, one: float, two: float) -> Figure:
        return Figure(f"(d) {verb}: {other} {one / 1e6:.0f} ÷ stamped {two / 1e6:.0f} MB/s", one / two, most)

    return [line("write", theirs.write, ours.write), line("verify", theirs.verify, ours.verify)]


def _beside_badblocks(host: EngineHost, disk: LabDisk) -> tuple[Speed, Speed]:
    """Return the engine, and badblocks at its best block count."""
    return _side_by_side(partial(_stamped, host, disk), *(partial(_badblocks, disk, count) for count in BLOCK_COUNTS))


def _side_by_side(ours: Callable[[], Speed], *theirs: Callable[[], Speed], rounds: int = ROUNDS) -> tuple[Speed, Speed]:
    """Take turns, so that whatever else this machine does disturbs both; of the others the best."""
    mine: list[Speed] = []
    others: list[list[Speed]] = [[] for _ in theirs]
    for _ in range(rounds):
        for other, speeds in zip(theirs, others, strict=True):
            mine.append(ours())
            speeds.append(other())
    return _median(mine), _best([_median(speeds) for speeds in others])


def _median(speeds: list[Speed]) -> Speed:
    return Speed(
        median(one.write for one in speeds),
        median(one.verify for one in speeds),
        median(one.cpu for one in speeds),
    )


def _best(speeds: list[Speed]) -> Speed:
    return Speed(
        max(one.write for one in speeds),
        max(one.verify for one in speeds),
        min(one.cpu for one in speeds),
    )


def _stamped(host: EngineHost, disk: LabDisk) -> Speed:
    result = host.stamp(disk).unwatched_result()
    if not result["completed"] or result["error_count"]:
        raise RuntimeError(f"A healthy device was found bad: {result['errors']}")
    done = result["passes"][0]
    return Speed(
        disk.size / done["write_seconds"],
        disk.size / done["verify_seconds"],
        result["cpu_seconds"] / (2 * disk.size / 1e9),
    )


def _dd(disk: LabDisk) -> Speed:
    write = ("dd", "if=/dev/zero", f"of={disk.device}", "bs=4M", f"count={disk.size // (4 * MIB)}", "oflag=direct")
    read = ("dd", f"if={disk.device}", "of=/dev/null", "bs=4M", "iflag=direct")
    return Speed(disk.size / _seconds(write), disk.size / _seconds(read))


def _badblocks(disk: LabDisk, count: int) -> Speed:
    used = _children_cpu()
    words = ("badblocks", "-b", "4096", "-c", str(count), "-w", "-s", "-t", "0xaa", disk.device)
    began = time.monotonic()
    with subprocess.Popen(words, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}) as running:
        assert running.stderr is not None
        said = b""
        while READS not in said:
            said += os.read(running.stderr.fileno(), 4096)
        wrote = time.monotonic()
        running.communicate(timeout=300)
    if running.returncode:
        raise RuntimeError("badblocks failed on a healthy device.")
    ended = time.monotonic()
    return Speed(disk.size / (wrote - began), disk.size / (ended - wrote), _per_gb(disk, used))


def _fio(disk: LabDisk) -> Speed:
    words = ("fio", "--name=x", f"--filename={disk.device}", "--direct=1", "--bs=1M", "--ioengine=libaio")
    checks = ("--iodepth=4", "--verify=crc32c", "--verify_state_save=0")
    used = _children_cpu()
    write = _seconds((*words, *checks, "--rw=write", "--do_verify=0"))
    read = _seconds((*words, *checks, "--rw=read"))
    return Speed(disk.size / write, disk.size / read, _per_gb(disk, used))


def _children_cpu() -> float:
    """Return the processor seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _per_gb(disk: LabDisk, before: float) -> float:
    """Return the processor seconds since then, per gigabyte written and read."""
    return (_children_cpu() - before) / (2 * disk.size / 1e9)


def _seconds(command: tuple[str, ...]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return time.monotonic() - began
