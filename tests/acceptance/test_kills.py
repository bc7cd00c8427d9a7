"""kill -9 of each of our processes in the middle of a surface stage: the run goes on, is adopted, and passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest

from tests.lab import processes
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import Recorder, badblocks_of
from tests.product.bench_host import BenchHost
from tests.product.cluster import Cluster
from tests.product.running import Product

pytestmark = pytest.mark.lab
ADOPTED_WITHIN_S = 60
Victim = Callable[[Product], list[psutil.Process]]


@pytest.fixture(scope="module")
def own_bench(lab: Lab) -> Iterator[BenchHost]:
    """Yield a product of these tests' own: what is killed here must not be missing elsewhere."""
    with Product() as running:
        yield BenchHost(running, lab)
        running.stop()
        wait_until(lambda: not running.processes(), "no process of the product is left", within_s=15)


def supervisor(product: Product) -> list[psutil.Process]:
    return [psutil.Process(product.pid)]


def with_words(*words: str) -> Victim:
    """Return the process whose command line has all these words (and is no child of another such)."""

    def find(product: Product) -> list[psutil.Process]:
        found = [each for each in product.processes() if all(word in " ".join(each.cmdline()) for word in words)]
        return [each for each in found if each.ppid() not in {other.pid for other in found}]

    return find


def member(kind: str) -> Victim:
    def find(product: Product) -> list[psutil.Process]:
        return Cluster.of(product).members(kind)

    return find


VICTIMS: dict[str, Victim] = {
    "scheduler": with_words("run_scheduler"),
    "server": with_words("manage.py serve"),
    "supervisor": supervisor,
    "worker watchdog": with_words("run_worker"),
    "cluster parent": member("parent"),
    "cluster sentinel": member("sentinel"),
    "busy worker": member("busy worker"),
    "idle worker": member("idle worker"),
    "monitor": member("monitor"),
    "pusher": member("pusher"),
}


@pytest.mark.parametrize("victim", sorted(VICTIMS))
def test_a_run_outlives_the_kill_and_passes(own_bench: BenchHost, lab: Lab, lab_disk: DiskFactory, victim: str) -> None:
    product = own_bench.product
    recorder = Recorder.install(lab)
    disk = lab_disk(64 * MIB)
    disk.limit(8 * MIB)
    job_id = own_bench.start(disk)[0]
    own_bench.wait_for_bytes(job_id, 0.01)
    engine = badblocks_of(disk)
    assert engine

    kill(product, victim)

    assert badblocks_of(disk) == engine, "the run on the host goes on"
    if victim == "supervisor":
        wait_until(lambda: not product.processes(), "the supervisor took its processes with it", within_s=15)
        product.start()
    before = bytes_seen(own_bench, job_id)
    wait_until(
        lambda: bytes_seen(own_bench, job_id) > before,
        f"the run is observed again after the {victim} was killed",
        within_s=ADOPTED_WITHIN_S,
        every_s=0.25,
    )
    disk.limit(0)
    assert own_bench.wait_for(job_id, within_s=ADOPTED_WITHIN_S + 30)["state"] == "passed"
    starts = recorder.starts(disk.device)
    assert len(starts) == len(set(starts)) == 4, starts
    wait_until(lambda: not orphans(product), "every process has the supervisor above it", within_s=15)
    wait_until(lambda: not processes.holders(disk.device), "nobody holds the drive any more", within_s=10)


def kill(product: Product, victim: str) -> None:
    """Kill -9 the victim."""
    if victim == "busy worker":
        product.manage("shell", "-c", "from django_q.tasks import async_task; async_task('time.sleep', 30)")
    doomed = wait_until(lambda: VICTIMS[victim](product), f"there is a {victim}", within_s=30)
    for process in doomed:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if victim == "supervisor":
        product.forget_supervisor()


def orphans(product: Product) -> list[psutil.Process]:
    """Return the product's processes that the supervisor is not above."""
    above = {product.pid, *(child.pid for child in psutil.Process(product.pid).children(recursive=True))}
    return [process for process in product.processes() if process.pid not in above]


def bytes_seen(bench: BenchHost, job_id: int) -> int:
    """Return the stage's progress as the API shows it; -1 while the server is being restarted."""
    try:
        return int(bench.stage(job_id)["bytes_done"]) if bench.job(job_id)["state"] == "running" else 1 << 60
    except (OSError, ValueError):
        return -1
