"""What chaos happens to: the lab, the product under a clock that can jump, and its database."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.postgres import Postgres
from tests.lab.lab import Lab
from tests.product.bench_host import BenchHost
from tests.product.running import Product

FAKETIME = "libfaketimeMT.so.1"
SHIM = Path(__file__).with_name("shim")


class Clock:
    """The wall clock of the product's processes: a real one, plus an offset that can change while they run."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "clock-offset"
        self.offset_s = 0
        self.set(0)

    def set(self, offset_s: int) -> None:
        """Let every process of the product see this much later (or earlier) a time from now on."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{offset_s:+d}\n", encoding="ascii")
        fresh.replace(self._file)
        self.offset_s = offset_s

    @property
    def environment(self) -> dict[str, str]:
        """Only the wall clock jumps: a monotonic clock never does, by its contract."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(SHIM),
        }


@dataclass
class World:
    """Everything a blow may hit."""

    lab: Lab
    product: Product
    bench: BenchHost
    clock: Clock
    postgres: Postgres | None
    happened: list[str] = field(default_factory=list)


@contextmanager
def brought_up(*, on_postgres: bool) -> Iterator[World]:
    """Start the lab and the product; end both."""
    with Lab() as lab, _database(lab.directory, wanted=on_postgres) as postgres:
        clock = Clock(lab.directory)
        environment = {**clock.environment, **(postgres.environment if postgres else {})}
        with Product(**environment) as product:
            yield World(lab, product, BenchHost(product, lab), clock, postgres)


@contextmanager
def _database(directory: Path, *, wanted: bool) -> Iterator[Postgres | None]:
    if not wanted:
        yield None
        return
    with Postgres(directory / "postgres") as postgres:
        yield postgres


def _library() -> Path:
    found = subprocess.run(("dpkg", "-L", "libfaketime"), capture_output=True, text=True, check=True).stdout.split()
    return next(Path(line) for line in found if line.endswith(FAKETIME))
