"""The database is locked and the disk of DATA_DIR is full in mid burn-in: 503 with a sentence, and nothing is lost.

The same for as long as it lasts in earnest, and what takes a minute to play out, is in test_long_accidents.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.room import Room
from tests.lab.waiting import wait_until
from tests.product.bench_host import BenchHost
from tests.product.cluster import Cluster
from tests.product.running import Product
from tests.product.under_accident import UnderAccident, becomes, database_locked, logs, refuses

pytestmark = pytest.mark.lab
SMALL = 96 * MIB
IMPATIENT = {"DB_WAIT_SECONDS": "1", "PAGE_DB_WAIT_SECONDS": "1"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Yield the small disk that DATA_DIR lies on."""
    place = Room(tmp_path_factory.mktemp("room") / "data")
    place.limit(SMALL)
    yield place
    place.give_up()


@pytest.fixture(scope="module")
def own_bench(lab: Lab, room: Room) -> Iterator[BenchHost]:
    """Yield a product on the small disk, which gives up on a locked database after a second."""
    with Product(DATA_DIR=str(room.base), **IMPATIENT) as running:
        yield BenchHost(running, lab)


def test_a_locked_database_is_told_and_waited_for(own_bench: BenchHost, lab: Lab, lab_disk: DiskFactory) -> None:
    product = own_bench.product
    burnin = UnderAccident(own_bench, lab, lab_disk(64 * MIB))
    cluster = {each.pid for each in Cluster.of(product).parent.children(recursive=True)}
    with database_locked(product):
        becomes(product, "database_locked")
        refuses(product, "database_locked")
        wait_until(lambda: "The scheduler waits" in logs(product), "the scheduler says that it waits", within_s=20)
        burnin.still_works()
    becomes(product, "")
    burnin.ends_well()
    assert {each.pid for each in Cluster.of(product).parent.children(recursive=True)} == cluster
    assert "Traceback" not in logs(product)


def test_a_full_disk_is_told_and_waited_for(own_bench: BenchHost, lab: Lab, lab_disk: DiskFactory, room: Room) -> None:
    product = own_bench.product
    burnin = UnderAccident(own_bench, lab, lab_disk(64 * MIB))
    with full(room, product):
        refuses(product, "disk_full")
        burnin.still_works()
    burnin.ends_well()


@pytest.mark.soak
def test_what_is_killed_while_the_disk_is_full_comes_back(
    own_bench: BenchHost, lab: Lab, lab_disk: DiskFactory, room: Room
) -> None:
    product = own_bench.product
    burnin = UnderAccident(own_bench, lab, lab_disk(64 * MIB))
    with full(room, product):
        for words in ("run_scheduler", "run_worker", "serve"):
            killed(product, words)
        becomes(product, "disk_full", within_s=60)
        burnin.still_works()
    burnin.ends_well()


@contextmanager
def full(room: Room, product: Product) -> Iterator[None]:
    """Have no room at all, until this is over and the product says that all is well."""
    room.fill()
    try:
        becomes(product, "disk_full")
        yield
    finally:
        room.free()
    becomes(product, "", within_s=60)


def killed(product: Product, words: str) -> None:
    """Kill -9 the process that the supervisor started with these words, and wait until there is another."""
    old = wait_until(lambda: started(product, words), f"{words} runs", within_s=60)
    old[0].kill()
    wait_until(lambda: [each for each in started(product, words) if each != old[0]], f"{words} is back", within_s=60)


def started(product: Product, words: str) -> list[psutil.Process]:
    """Return the processes that the supervisor itself started with these words."""
    found = []
    for child in psutil.Process(product.pid).children():
        with suppress(psutil.NoSuchProcess):
            if words in " ".join(child.cmdline()):
                found.append(child)
    return found
