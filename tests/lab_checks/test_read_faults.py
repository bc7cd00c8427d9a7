"""What a read meets on a disk with faults."""

from __future__ import annotations

import os

import pytest

from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.lab_checks.tools import BLOCK, badblocks, dd_read, dd_write

pytestmark = pytest.mark.lab
SMALL = 16 * MIB


def test_badblocks_finds_exactly_the_block_that_cannot_be_read(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("eio-read", 1020 * BLOCK, BLOCK)

    found = badblocks(disk)

    assert found.blocks == (1020,)
    assert (found.read, found.write, found.compare) == (1, 0, 0)


def test_one_unreadable_sector_spoils_only_its_own_block(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("eio-read", 7 * BLOCK + 512, 512)

    assert dd_read(disk, 7 * BLOCK, BLOCK) is None
    assert dd_read(disk, 7 * BLOCK, 512) is not None
    assert dd_read(disk, 6 * BLOCK, BLOCK) is not None


def test_a_disk_without_faults_is_clean_in_all_four_patterns(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)

    found = badblocks(disk, "-w")

    assert found.blocks == ()
    assert disk.bytes_written() == 4 * disk.size


def test_a_fault_is_there_at_once_for_a_reader_that_has_the_disk_open(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    descriptor = os.open(disk.device, os.O_RDONLY | os.O_DIRECT)
    try:
        assert dd_read(disk, 0, BLOCK) is not None
        number = disk.fault("eio-read", 0, BLOCK)
        assert dd_read(disk, 0, BLOCK) is None
        disk.clear(number)
        assert dd_read(disk, 0, BLOCK) == bytes(BLOCK)
    finally:
        os.close(descriptor)


def test_silent_corruption_changes_what_is_read_but_not_what_is_stored(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    dd_write(disk, 0, b"\xaa" * BLOCK)
    disk.fault("corrupt-read", 100, 2, xor=0x0F)

    seen = dd_read(disk, 0, BLOCK)

    assert seen is not None
    assert seen == b"\xaa" * 100 + b"\xa5" * 2 + b"\xaa" * (BLOCK - 102)
    assert disk.peek(0, BLOCK) == b"\xaa" * BLOCK


def test_a_fault_ordered_for_one_time_happens_once(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("eio-read", 0, BLOCK, count=1)

    assert dd_read(disk, 0, BLOCK) is None
    assert dd_read(disk, 0, BLOCK) is not None


def test_a_pending_sector_fails_until_it_is_written_and_is_then_remapped(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("pending", 3 * BLOCK, 2 * BLOCK)
    assert dd_read(disk, 3 * BLOCK, BLOCK) is None

    assert dd_write(disk, 3 * BLOCK, b"x" * BLOCK)

    assert dd_read(disk, 3 * BLOCK, BLOCK) == b"x" * BLOCK
    assert dd_read(disk, 4 * BLOCK, BLOCK) is None
    stats = disk.stats()
    assert (stats["pending_sectors"], stats["healed_sectors"]) == (8, 8)


def test_badblocks_sees_nothing_of_a_pending_sector_because_it_writes_first(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("pending", 3 * BLOCK, BLOCK)

    assert badblocks(disk).blocks == ()
    assert disk.stats()["healed_sectors"] == 8
