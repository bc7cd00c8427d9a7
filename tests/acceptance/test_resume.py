"""A surface test is cut off, paused, and loses its drive; it goes on where it was and its verdict is right."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest

from tests.lab import processes
from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import Recorder, badblocks_of, is_halted
from tests.product.bench_host import LOOK_EVERY_S, BenchHost
from tests.product.running import Product

pytestmark = pytest.mark.lab
SIZE = 48 * MIB
SPEED = 8 * MIB  # bytes per second, so that a pattern takes twelve seconds
CRAWL = MIB  # bytes per second while the application is being stopped
FAST = 128 * MIB
MARGIN = 4 * MIB  # one chunk: more than 1/64 of so small a drive
MOST_LOST_S = 60
HALF_WRITTEN, QUARTER_VERIFIED = 4 / 64, 10 / 64  # of the stage's bytes: four patterns have two phases each


@pytest.fixture(scope="module")
def own_bench(lab: Lab) -> Iterator[BenchHost]:
    """Yield a product of these tests' own, which they may stop."""
    with Product() as running:
        yield BenchHost(running, lab)


@contextmanager
def stopped(product: Product) -> Iterator[None]:
    """Have the application down meanwhile."""
    product.stop()
    try:
        yield
    finally:
        product.start()


@dataclass(frozen=True)
class Scene:
    """A slow disk in the middle of its first pattern."""

    bench: BenchHost
    disk: LabDisk
    job_id: int
    recorder: Recorder

    @classmethod
    def begin(cls, bench: BenchHost, lab: Lab, disk: LabDisk, share: float) -> Scene:
        """Start a burn-in and wait until it is this far."""
        recorder = Recorder.install(lab)
        disk.limit(SPEED)
        disk.reset_stats()
        scene = cls(bench, disk, bench.start(disk)[0], recorder)
        bench.wait_for_bytes(scene.job_id, share)
        return scene

    def cut_off(self) -> None:
        """Kill -9 keeper and engine at once, as a power cut does."""
        for pid in processes.holders(self.disk.device):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.disk.limit(FAST)  # what is under way in the kernel must end before they can
        wait_until(lambda: not processes.holders(self.disk.device), "nobody holds the drive any more", within_s=30)

    def passes(self) -> None:
        """Let the disk be fast, and see the burn-in pass."""
        self.disk.limit(FAST)
        job = self.bench.wait_for(self.job_id)
        assert job["state"] == "passed", job["error_text"]

    def waits_for(self, words: str) -> None:
        """Wait until the burn-in says that it waits for this."""
        wait_until(
            lambda: words in str(self.job()["waiting_reason"]), f"“{words}” is said", within_s=60, every_s=LOOK_EVERY_S
        )

    def job(self) -> dict[str, object]:
        return self.bench.job(self.job_id)

    def ranges(self, pattern: str, *, writing: bool) -> list[tuple[int, int]]:
        """Return the block ranges of the starts of badblocks with this pattern, the oldest first."""
        found = []
        for run in self.recorder.runs():
            words = run.command.split()
            if pattern in words and ("-wsv" in words) == writing:
                found.append((int(words[-1]), int(words[-2])))
        return found


def test_cut_off_while_writing_it_goes_on_and_finds_its_drive_under_another_name(
    own_bench: BenchHost, lab: Lab, lab_disk: DiskFactory
) -> None:
    scene = Scene.begin(own_bench, lab, lab_disk(SIZE), HALF_WRITTEN)
    lab.sshd.stop()
    lab.sshd.kill_sessions()
    scene.cut_off()
    written, old = scene.disk.bytes_written(), scene.disk.devname
    scene.disk.detach()
    other = lab_disk(SIZE)
    other.reset_stats()
    untouched = other.checksum()
    lab.sshd.start()
    scene.waits_for(f"Waiting for {scene.disk.serial}")
    if other.devname == old:  # another lab on this machine may have taken the name
        scene.waits_for(f"{old} is {other.serial} now, which is not touched")
    scene.disk.attach()
    scene.passes()

    (whole, rest), (head,) = scene.ranges("0xaa", writing=True), scene.ranges("0xaa", writing=False)
    assert whole == (0, SIZE // 4096 - 1)
    assert rest[1] == whole[1]
    assert 0 < rest[0] * 4096 <= written
    assert head == (0, rest[0] - 1)
    lost_s = (scene.disk.bytes_written() - 4 * SIZE) / SPEED
    print(f"cut off while writing: {lost_s:.2f} s of work lost")
    assert MARGIN / SPEED <= lost_s + 0.01 <= MOST_LOST_S
    assert (other.checksum(), other.bytes_written()) == (untouched, 0)


def test_cut_off_while_verifying_and_tried_again_it_only_compares_the_rest(
    own_bench: BenchHost, lab: Lab, lab_disk: DiskFactory
) -> None:
    scene = Scene.begin(own_bench, lab, lab_disk(SIZE), QUARTER_VERIFIED)
    scene.disk.limit(CRAWL)
    with stopped(own_bench.product):
        scene.cut_off()
        was_at = scene.disk.stats()["since_reset"]["bytes_read"]
        held = os.open(scene.disk.device, os.O_RDWR | os.O_EXCL)
    job = own_bench.wait_for(scene.job_id)
    os.close(held)
    assert job["state"] == "unknown", job
    own_bench.drive_of(scene.disk)
    own_bench.product.post(f"/api/v1/burnin/{scene.job_id}/retry", {"confirm_serial": scene.disk.serial})
    scene.passes()

    assert own_bench.stage(scene.job_id)["attempt"] == 2
    assert scene.ranges("0xaa", writing=True) == [(0, SIZE // 4096 - 1)]
    ((first, last),) = scene.ranges("0xaa", writing=False)
    assert last == SIZE // 4096 - 1
    lost_s = (was_at - first * 4096) / SPEED
    print(f"cut off while verifying: {lost_s:.2f} s of work lost")
    assert 0 < first * 4096 < SIZE
    assert lost_s <= MOST_LOST_S
    assert scene.disk.bytes_written() == 4 * SIZE, "nothing is written twice"


def test_paused_it_stands_still_whatever_restarts_and_sees_that_somebody_wrote_to_the_drive(
    own_bench: BenchHost, lab: Lab, lab_disk: DiskFactory
) -> None:
    scene = Scene.begin(own_bench, lab, lab_disk(SIZE), HALF_WRITTEN)
    product, deed = own_bench.product, f"/api/v1/burnin/{scene.job_id}"
    scene.disk.limit(MIB)
    product.post(f"{deed}/pause")
    wait_until(lambda: is_halted(scene.disk), "the process stands still", within_s=15)
    engine = badblocks_of(scene.disk)
    product.post(f"{deed}/continue")
    wait_until(lambda: not is_halted(scene.disk), "the process goes on", within_s=15)
    assert badblocks_of(scene.disk) == engine, "it is the same process"
    product.post(f"{deed}/pause")
    wait_until(lambda: is_halted(scene.disk), "the process stands still again", within_s=15)
    with stopped(product):
        assert is_halted(scene.disk)
        scene.cut_off()
        with open(scene.disk.device, "r+b", buffering=0) as drive:  # noqa: PTH123  a device
            drive.write(b"somebody else's " * (SIZE // 32))
    own_bench.drive_of(scene.disk)
    assert not badblocks_of(scene.disk), "nothing is launched while it is paused"
    product.post(f"{deed}/continue")
    scene.passes()

    assert scene.ranges("0xaa", writing=True) == [(0, SIZE // 4096 - 1)] * 2
    finding = own_bench.stage(scene.job_id)["findings"][0]
    assert (finding["code"], finding["severity"]) == ("pattern_restarted", "info")
