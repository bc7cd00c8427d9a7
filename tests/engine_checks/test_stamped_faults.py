"""What the stamped engine calls the faults of real block devices."""

from __future__ import annotations

import pytest

from tests.engine_checks.engine_host import EngineHost
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB

pytestmark = pytest.mark.lab
SIZE = 16 * MIB + 512  # no multiple of anything but a sector
BLOCK = 512
TWO_STAMPS = ({"kind": "stamp", "number": 1}, {"kind": "stamp", "number": 2})
SECOND_PASS = {"pass": 1, "phase": "write", "position": 0}


def test_a_good_drive_is_written_and_verified_to_its_last_block(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    run = host.stamp(disk, {"kind": "stamp", "number": 1}, {"kind": "zero"})

    result = run.result()
    ended = run.look()

    assert (ended["exit_code"], ended["guard_checked"]) == (0, True)
    assert (result["completed"], result["error_count"], result["direct"]) == (True, 0, True)
    assert [(one["bytes_written"], one["bytes_verified"]) for one in result["passes"]] == [(SIZE, SIZE)] * 2
    assert ended["progress"]["position"] == SIZE
    assert disk.peek(SIZE - BLOCK, BLOCK) == bytes(BLOCK)
    assert disk.bytes_written() == 2 * SIZE


def test_a_drive_with_blocks_of_4096_bytes(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(16 * MIB, logical_block=4096)
    disk.fault("corrupt-read", 100 * 4096 + 17, 1, xor=1)

    result = host.stamp(disk).result()

    assert result["logical_block"] == 4096
    assert result["passes"][0]["bytes_written"] == 16 * MIB
    assert [(one["block"], one["kind"], one["bits"]) for one in result["errors"]] == [(100, "corrupt", 1)]


def test_blocks_that_cannot_be_read(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.fault("eio-read", 8 * 4096, 4096)
    disk.fault("eio-read", SIZE - BLOCK, BLOCK)

    result = host.stamp(disk).result()

    assert result["completed"] is True
    assert {(one["kind"], one["phase"]) for one in result["errors"]} == {("unreadable", "verify")}
    assert [one["block"] for one in result["errors"]] == [*range(64, 72), SIZE // BLOCK - 1]
    assert result["passes"][0]["bytes_verified"] == SIZE - 9 * BLOCK


def test_a_block_that_cannot_be_written_is_named_once(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.fault("eio-write", 1000 * BLOCK, BLOCK)

    result = host.stamp(disk).result()

    assert [(one["block"], one["kind"], one["phase"]) for one in result["errors"]] == [(1000, "unwritable", "write")]
    assert result["passes"][0]["bytes_written"] == SIZE - BLOCK
    assert result["passes"][0]["bytes_verified"] == SIZE - BLOCK


@pytest.mark.parametrize("kind", ["corrupt-read", "corrupt-write"])
def test_flipped_bits_are_counted(host: EngineHost, lab_disk: DiskFactory, kind: str) -> None:
    disk = lab_disk(SIZE)
    disk.fault(kind, 2000 * BLOCK + 100, 2, xor=0x11)

    result = host.stamp(disk).result()

    assert [(one["block"], one["kind"], one["bits"]) for one in result["errors"]] == [(2000, "corrupt", 4)]


def test_a_lost_write_over_an_earlier_pass_is_stale(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    host.stamp(disk).result()
    disk.fault("lost-write", 30_000 * BLOCK, 2 * BLOCK)

    result = host.stamp(disk, *TWO_STAMPS, start=SECOND_PASS).result()

    found = [(one["block"], one["kind"], one["found"], one["pass"]) for one in result["errors"]]
    assert found == [(30_000, "stale", "stamp 1", 1), (30_001, "stale", "stamp 1", 1)]


def test_a_lost_write_over_nothing_is_lost(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.fault("lost-write", 30_000 * BLOCK, BLOCK)

    result = host.stamp(disk).result()

    assert [(one["block"], one["kind"], one["found"]) for one in result["errors"]] == [(30_000, "lost", "zeros")]


def test_a_write_that_went_astray_is_found_where_it_went(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.fault("misdirected-write", 20_000 * BLOCK, BLOCK, to=100 * BLOCK)

    result = host.stamp(disk).result()

    first, second = result["errors"]
    assert (first["block"], first["kind"], first["address"]) == (100, "foreign_address", 20_000)
    assert (second["block"], second["kind"]) == (20_000, "lost")
    assert result["wraps_at_bytes"] is None


def test_a_write_that_went_astray_over_one_still_on_its_way_is_found_where_it_went(
    host: EngineHost, lab_disk: DiskFactory
) -> None:
    disk = lab_disk(SIZE)
    disk.fault("slow", 4 * MIB, BLOCK, ms=1500)
    disk.fault("misdirected-write", 8 * MIB, BLOCK, to=4 * MIB)

    result = host.stamp(disk).result()

    found = [(one["block"], one["kind"]) for one in result["errors"]]
    assert found == [(4 * MIB // BLOCK, "foreign_address"), (8 * MIB // BLOCK, "lost")]


@pytest.mark.parametrize("real", [5 * MIB, 3 * MIB + 4096, 12 * MIB])
def test_a_fake_that_wraps_is_unmasked_with_its_real_size(host: EngineHost, lab_disk: DiskFactory, real: int) -> None:
    disk = lab_disk(SIZE)
    disk.fake(real, "wrap")
    run = host.stamp(disk)

    result = run.result()

    assert run.look()["exit_code"] == 0
    assert (result["completed"], result["gave_up"], result["error_count"]) == (False, True, 100)
    assert {one["kind"] for one in result["errors"]} == {"foreign_address"}
    assert result["wraps_at_bytes"] == real


def test_a_fake_that_drops_has_lost_what_lies_beyond(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.fake(5 * MIB, "drop")

    result = host.stamp(disk, max_errors=7).result()

    assert result["gave_up"] is True
    assert [one["block"] for one in result["errors"]] == list(range(5 * MIB // BLOCK, 5 * MIB // BLOCK + 7))
    assert {(one["kind"], one["found"]) for one in result["errors"]} == {("lost", "zeros")}


def test_a_pass_of_zeros_finds_what_is_not_zero(host: EngineHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    host.stamp(disk).result()
    disk.fault("lost-write", 40 * BLOCK, BLOCK)
    disk.fault("corrupt-write", 50 * BLOCK, 1, xor=0x80)

    result = host.stamp(disk, {"kind": "stamp", "number": 1}, {"kind": "zero"}, start=SECOND_PASS).result()

    found = [(one["block"], one["kind"], one["found"]) for one in result["errors"]]
    assert found == [(40, "stale", "stamp 1"), (50, "corrupt", "1 bit differs")]
