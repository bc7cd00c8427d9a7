"""Random reads, and random writes that are read back, with the time each one took.

Every written block holds its own place and the run's name, and all are read once more at the end: a drive that
claims more room than it has gives back a block that belongs elsewhere.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List

from drives.hosts.program.engines.drive_file import DriveFile
from drives.hosts.program.engines.workplace import Errors, Workplace
from drives.hosts.program.fields import whole
from drives.hosts.program.problem import Json, Problem

DEFAULT_BLOCK = 4096
LARGEST_BLOCK = 16 * 1024 * 1024
MOST_PLACES = 1_000_000
PERCENTILES = (("p50", 50), ("p95", 95), ("p99", 99))


@dataclass(frozen=True)
class Options:
    """What was asked for. `seconds` is the longest it may take; 0 is no limit."""

    reads: int
    writes: int
    block_size: int
    seconds: int


@dataclass
class Tally:
    """What one kind of access came to."""

    asked: int
    done: int = 0
    times: List[float] = field(default_factory=list)

    def as_json(self) -> Json:
        return {"asked": self.asked, "done": self.done, "latency_ms": latencies(self.times)}


def options(given: Json) -> Options:
    """Read and check the options of a launch."""
    chosen = Options(
        reads=whole(given, "reads", 0),
        writes=whole(given, "writes", 0),
        block_size=whole(given, "block_size", DEFAULT_BLOCK),
        seconds=whole(given, "seconds", 0),
    )
    places = chosen.reads + chosen.writes
    if min(chosen.reads, chosen.writes, chosen.seconds) < 0 or not 0 < places <= MOST_PLACES:
        raise Problem("bad_request", "io_validate needs between 1 and 1,000,000 reads and writes.")
    size = chosen.block_size
    if not 512 <= size <= LARGEST_BLOCK or size & (size - 1):
        raise Problem("bad_request", "The block size must be a power of two from 512 to 16 MiB.")
    return chosen


def work(place: Workplace, chosen: Options) -> int:
    """Read, write, read back; 0 when everything asked for was done."""
    job = _Job(place, chosen)
    if not job.blocks:
        place.finish(job.result())
        return 1
    job.do(job.reads, job.read)
    job.do(job.writes, job.write)
    if job.writes.done:
        job.flush()
    job.do(job.verifies, job.verify)
    place.finish(job.result())
    return 0 if job.complete else 1


def latencies(times: List[float]) -> Json:
    """Percentiles in milliseconds (nearest rank)."""
    if not times:
        return dict.fromkeys(("p50", "p95", "p99", "max"))
    ordered = sorted(times)
    ranks = {name: max(1, -(-len(ordered) * share // 100)) for name, share in PERCENTILES}
    found: Dict[str, float] = {name: ordered[rank - 1] for name, rank in ranks.items()}
    found["max"] = ordered[-1]
    return {name: round(seconds * 1000, 3) for name, seconds in found.items()}


def pattern(run_id: str, offset: int, size: int) -> bytes:
    """A block that says where it belongs."""
    line = f"burnin {run_id} {offset:020d}\n".encode("ascii")
    return (line * (size // len(line) + 1))[:size]


class _Job:
    """One run of the engine."""

    def __init__(self, place: Workplace, chosen: Options) -> None:
        self.place = place
        self.chosen = chosen
        self.block = max(chosen.block_size, place.logical_block)
        self.drive = DriveFile(place.descriptor, want_direct=True)
        self.errors = Errors()
        self.started = time.monotonic()
        self.out_of_time = False
        self.written: List[int] = []
        self.blocks = place.size_bytes // self.block
        writes = min(chosen.writes, self.blocks)
        self.reads, self.writes = Tally(chosen.reads), Tally(writes)
        self.verifies = Tally(writes)
        self.places = self._places(writes)

    @property
    def complete(self) -> bool:
        return all(kind.done == kind.asked for kind in (self.reads, self.writes, self.verifies))

    def do(self, tally: Tally, access: Callable[[Tally], None]) -> None:
        total = self.reads.asked + self.writes.asked + self.verifies.asked
        while tally.done < tally.asked and not self._late():
            access(tally)
            tally.done += 1
            done = self.reads.done + self.writes.done + self.verifies.done
            self.place.report(done, total)

    def read(self, tally: Tally) -> None:
        offset = self._anywhere()
        try:
            self._timed(tally, lambda: self._read(offset))
        except OSError as error:
            self.errors.add(offset, "read", str(error))

    def write(self, tally: Tally) -> None:
        """Write a block and read it back at once."""
        offset = next(self.places)
        self.written.append(offset)
        data = pattern(self.place.run.run_id, offset, self.block)
        try:
            self._timed(tally, lambda: self.drive.write(offset, data))
        except OSError as error:
            self.errors.add(offset, "write", str(error))
            return
        self._compare(offset)

    def verify(self, tally: Tally) -> None:
        self._compare(self.written[tally.done])

    def flush(self) -> None:
        try:
            self.drive.flush()
        except OSError as error:
            self.errors.add(0, "flush", str(error))

    def result(self) -> Json:
        return {
            "engine": "io_validate",
            "complete": self.complete,
            "out_of_time": self.out_of_time,
            "block_size": self.block,
            "direct": self.drive.direct,
            "elapsed_s": round(time.monotonic() - self.started, 3),
            "reads": self.reads.as_json(),
            "writes": self.writes.as_json(),
            "verified": self.verifies.done,
            "error_count": self.errors.count,
            "errors": self.errors.kept,
        }

    def _compare(self, offset: int) -> None:
        try:
            found = self._read(offset)
        except OSError as error:
            self.errors.add(offset, "read_back", str(error))
            return
        if found != pattern(self.place.run.run_id, offset, self.block):
            self.errors.add(offset, "corrupt", "Read back other data than was written.")

    def _read(self, offset: int) -> bytes:
        return self.drive.read(offset, self.block, may_be_short=self.place.simulated)

    def _timed(self, tally: Tally, access: Callable[[], object]) -> None:
        began = time.monotonic()
        access()
        tally.times.append(time.monotonic() - began)

    def _anywhere(self) -> int:
        return random.randrange(self.blocks) * self.block  # noqa: S311 - a place, not a secret

    def _places(self, count: int) -> Iterator[int]:
        """Different blocks, all over the drive."""
        for block in random.sample(range(self.blocks), count):
            yield block * self.block

    def _late(self) -> bool:
        limit = self.chosen.seconds
        self.out_of_time = bool(limit) and time.monotonic() - self.started > limit
        return self.out_of_time
