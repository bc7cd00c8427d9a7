"""What is to be seen besides the verdict, for some rows of the fault matrix."""

from __future__ import annotations

from tests.acceptance.fault_matrix import AT, BLOCK, SECTOR, Check
from tests.product.scenes import Scene


def is_proved_and_blank(scene: Scene) -> None:
    """Every byte was written and read back in both passes of the standard plan, and the drive holds zeros."""
    stage, size = scene.stage(), scene.disk.size
    assert stage["bytes_done"] == stage["bytes_total"] == 4 * size
    assert stage["findings"] == []
    assert scene.disk.stats()["bytes_written"] == 2 * size
    assert scene.disk.peek(size - SECTOR, SECTOR) == bytes(SECTOR)


def is_proved_by_badblocks(scene: Scene) -> None:
    """Every block was written and read back with four patterns."""
    stage, size = scene.stage(), scene.disk.size
    assert stage["bytes_done"] == stage["bytes_total"] == 8 * size
    assert scene.disk.stats()["bytes_written"] >= 4 * size
    assert scene.disk.stats()["bytes_read"] >= 4 * size


def was_written_again(scene: Scene) -> None:
    """What was written before the interruption was kept, but for what a cache may have lost."""
    times = 4 if scene.job["plan"] == "classic" else 2
    assert times * scene.disk.size <= scene.disk.stats()["bytes_written"] < (times + 1) * scene.disk.size


def names(code: str, length: int, block_size: int, **numbers: object) -> Check:
    """Return a check that a finding names the blocks of the faulty place, in blocks of that size."""

    def check(scene: Scene) -> None:
        data = scene.findings()[code]["data"]
        assert data["block_size"] == block_size
        first = AT // block_size
        assert data["blocks"] == list(range(first, first + max(1, length // block_size))), data
        assert numbers.items() <= data.items(), data

    return check


def by_plan(standard: Check, classic: Check) -> Check:
    """Return the check for the plan of the burn-in."""
    return lambda scene: (classic if scene.job["plan"] == "classic" else standard)(scene)


def bad_place(length: int = BLOCK) -> Check:
    """Return a check for a place that the drive itself reports: by sectors, or by blocks of badblocks."""
    return by_plan(names("bad_blocks", length, SECTOR), names("bad_blocks", length, BLOCK))


def corrupted_place(code: str, length: int) -> Check:
    """Return a check for a place that was passed off as good."""
    return by_plan(names(code, length, SECTOR), names("bad_blocks", length, BLOCK, corrupted=length // BLOCK))


def flipped_blocks() -> Check:
    """Return a check for one wrong bit in each of three blocks of badblocks; the own engine names the sectors."""

    def sectors(scene: Scene) -> None:
        data = scene.findings()["corruption"]["data"]
        assert data["blocks"] == [(AT + block * BLOCK) // SECTOR for block in range(3)], data
        assert data["found"] == ["1 bit differs"], data

    return by_plan(sectors, names("bad_blocks", 3 * BLOCK, BLOCK, corrupted=3))


def real_size(size: int) -> Check:
    """Return a check that the size which is really there is named."""

    def check(scene: Scene) -> None:
        assert scene.findings()["fake_capacity"]["data"]["real_bytes"] == size
        assert "Fake capacity" in scene.sentence

    return check


def grew(code: str, before: int, after: int) -> Check:
    """Return a check for what a counter was before and after."""

    def check(scene: Scene) -> None:
        assert scene.findings()[code]["data"] == {"before": before, "now": after}

    return check


def healed(count: int) -> Check:
    """Return a check that pending sectors became remapped ones (197 to 5), and that none is left."""

    def check(scene: Scene) -> None:
        stats = scene.disk.stats()
        assert (stats["healed_sectors"], stats["pending_sectors"]) == (count, 0)
        grew("smart_reallocated", 0, count)(scene)
        assert "smart_pending" not in scene.findings()

    return check


def ended_on_the_drive(scene: Scene) -> None:
    """The drive was told to end its own test."""
    assert [entry["result"] for entry in scene.disk.smart.read()["log"]] == ["aborted"]


def ran_self_tests(*endings: str) -> Check:
    """Return a check for how the drive's own tests ended, the newest first."""

    def check(scene: Scene) -> None:
        assert [entry["result"] for entry in scene.disk.smart.read()["log"]] == list(endings)

    return check


def slow_zone_is_named(scene: Scene) -> None:
    """The zone has its place, and the rate that was to be expected there."""
    zone = scene.findings()["slow_zone"]
    assert zone["severity"] == "warning", zone
    assert zone["data"]["from_percent"] < 75, zone
    assert zone["data"]["to_percent"] > 50, zone
    assert zone["data"]["mbps"] < 0.5 * zone["data"]["expected_mbps"]
