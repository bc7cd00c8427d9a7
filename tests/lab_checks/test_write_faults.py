"""What a write meets on a disk with faults."""

from __future__ import annotations

import pytest

from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.lab_checks.tools import BLOCK, badblocks, dd_read, dd_write, flush

pytestmark = pytest.mark.lab
SMALL = 16 * MIB
CHUNK = 64  # blocks that badblocks handles at once, if not told otherwise


def test_badblocks_counts_a_failed_write_and_then_the_wrong_block_of_the_comparison(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("eio-write", 1000 * BLOCK, BLOCK)

    found = badblocks(disk)

    assert found.write == 1
    assert found.blocks == (1000, 1000 + CHUNK)


def test_an_unusable_block_can_neither_be_read_nor_written(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("eio-rw", 0, BLOCK)

    assert dd_read(disk, 0, BLOCK) is None
    assert not dd_write(disk, 0, bytes(BLOCK))


def test_badblocks_gives_a_number_too_high_by_a_chunk_for_corruption(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("corrupt-write", 2000 * BLOCK + 17, 1)

    found = badblocks(disk)

    assert (found.read, found.write, found.compare) == (0, 0, 1)
    assert found.blocks == (2000 + CHUNK,)
    assert badblocks(disk, "-t", "0xaa").blocks == (2000,)  # reading only, the number is right


def test_a_lost_write_is_acknowledged_and_leaves_the_old_content(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    dd_write(disk, 0, b"old!" * BLOCK)
    disk.fault("lost-write", BLOCK, BLOCK)

    assert dd_write(disk, 0, b"new!" * BLOCK)

    assert disk.peek(0, 4 * BLOCK) == b"new!" * (BLOCK // 4) + b"old!" * (BLOCK // 4) + b"new!" * (BLOCK // 2)


def test_a_misdirected_write_lands_elsewhere(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("misdirected-write", 0, BLOCK, to=100 * BLOCK)

    assert dd_write(disk, 0, b"stray" + bytes(BLOCK - 5))

    assert disk.peek(0, 5) == bytes(5)
    assert disk.peek(100 * BLOCK, 5) == b"stray"


def test_a_misdirected_write_wins_over_the_right_one_that_comes_later(lab_disk: DiskFactory) -> None:
    disk, there = lab_disk(SMALL), 100 * BLOCK
    disk.fault("misdirected-write", 0, BLOCK, to=there)

    for content in (b"one", b"two"):  # each time it goes astray again
        dd_write(disk, 0, content * BLOCK)
        dd_write(disk, there, b"right" * BLOCK)
        assert disk.peek(there, 2 * BLOCK) == (content * BLOCK)[:BLOCK] + (b"right" * BLOCK)[BLOCK : 2 * BLOCK]
        flush(disk)


def test_a_misdirected_write_that_came_last_is_overwritten_by_the_next(lab_disk: DiskFactory) -> None:
    disk, there = lab_disk(SMALL), 100 * BLOCK
    disk.fault("misdirected-write", 0, BLOCK, to=there, count=1)

    dd_write(disk, there, b"right" * BLOCK)
    dd_write(disk, 0, b"stray" * BLOCK)
    assert disk.peek(there, BLOCK) == (b"stray" * BLOCK)[:BLOCK]

    dd_write(disk, there, b"again" * BLOCK)
    assert disk.peek(there, BLOCK) == (b"again" * BLOCK)[:BLOCK]


def test_a_misdirected_write_no_longer_wins_after_a_flush(lab_disk: DiskFactory) -> None:
    disk, there = lab_disk(SMALL), 100 * BLOCK
    disk.fault("misdirected-write", 0, BLOCK, to=there, count=1)

    dd_write(disk, 0, b"stray" * BLOCK)
    flush(disk)
    dd_write(disk, there, b"again" * BLOCK)

    assert disk.peek(there, BLOCK) == (b"again" * BLOCK)[:BLOCK]


def test_two_faults_in_one_write_both_happen(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fault("corrupt-write", 0, 1, xor=0xFF)
    disk.fault("lost-write", 2, 1)

    dd_write(disk, 0, b"\x01" * BLOCK)

    assert disk.peek(0, 4) == b"\xfe\x01\x00\x01"
