"""What can be wrong with a disk as a whole."""

from __future__ import annotations

import subprocess
import time

import pytest

from tests.lab.disks import LabDisk
from tests.lab.fault_client import OrderRefused
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB
from tests.lab_checks.tools import BLOCK, badblocks, dd_read, dd_write

pytestmark = pytest.mark.lab
SMALL = 16 * MIB
REAL = 4 * MIB
TWENTY_TB = 20 * 10**12


def _seconds_to_read(disk: LabDisk, offset: int) -> float:
    began = time.monotonic()
    dd_read(disk, offset, BLOCK)
    return time.monotonic() - began


def test_badblocks_lists_every_block_of_a_disk_that_went_offline(lab_disk: DiskFactory) -> None:
    disk = lab_disk(MIB)
    disk.offline()

    assert len(badblocks(disk, "-t", "0xaa").blocks) == MIB // BLOCK
    disk.online()
    assert dd_read(disk, 0, BLOCK) is not None


def test_a_hanging_disk_answers_when_it_is_online_again(lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.hang()
    reader = subprocess.Popen(
        ("dd", f"if={disk.device}", "of=/dev/null", "bs=4096", "count=1", "iflag=direct"),
        stderr=subprocess.DEVNULL,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        reader.wait(timeout=0.3)

    disk.online()

    assert reader.wait(timeout=10) == 0


def test_a_hanging_disk_does_not_stop_the_others(lab_disk: DiskFactory) -> None:
    stuck, healthy = lab_disk(), lab_disk(SMALL)
    stuck.hang()
    reader = subprocess.Popen(
        ("dd", f"if={stuck.device}", "of=/dev/null", "bs=64M", "count=1", "iflag=direct"),
        stderr=subprocess.DEVNULL,
    )
    try:
        assert badblocks(healthy).blocks == ()
    finally:
        stuck.online()
    assert reader.wait(timeout=10) == 0


def test_a_fake_that_wraps_round_passes_badblocks(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fake(REAL, "wrap")

    assert badblocks(disk, "-w").blocks == ()
    assert badblocks(disk, "-w", "-t", "random").blocks == ()
    assert disk.checksum() != lab_disk(SMALL).checksum()
    assert disk.peek(REAL, BLOCK) == bytes(BLOCK)  # nothing was ever stored there


def test_a_fake_shows_its_beginning_again_beyond_its_real_size(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fake(REAL, "wrap")

    dd_write(disk, REAL, b"late" + bytes(BLOCK - 4))

    assert (dd_read(disk, 0, BLOCK) or b"")[:4] == b"late"


def test_a_fake_that_drops_forgets_what_is_written_beyond_its_real_size(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    disk.fake(REAL, "drop")

    assert dd_write(disk, REAL, b"x" * BLOCK)
    assert dd_read(disk, REAL, BLOCK) == bytes(BLOCK)
    assert badblocks(disk).compare == (disk.size - REAL) // BLOCK


def test_a_limited_disk_takes_its_time(lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.limit(32 * MIB)
    began = time.monotonic()

    dd_read(disk, 0, 16 * MIB)

    assert time.monotonic() - began > 0.4


def test_a_slow_range_makes_only_its_own_requests_wait(lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    disk.fault("slow", 0, BLOCK, ms=300)

    assert _seconds_to_read(disk, 0) > 0.3
    assert min(_seconds_to_read(disk, BLOCK) for _ in range(5)) < 0.3


def test_a_disk_of_twenty_terabytes_takes_no_room_and_works_to_its_last_block(lab_disk: DiskFactory) -> None:
    disk = lab_disk(TWENTY_TB)
    last = TWENTY_TB - BLOCK

    assert dd_write(disk, last, b"z" * BLOCK)

    assert dd_read(disk, last, BLOCK) == b"z" * BLOCK
    assert disk.peek(last, BLOCK) == b"z" * BLOCK
    other = lab_disk(TWENTY_TB)
    assert disk.checksum() != other.checksum()


def test_a_disk_can_have_sectors_of_four_kilobytes(lab_disk: DiskFactory) -> None:
    disk = lab_disk(logical_block=4096)

    assert dd_read(disk, 0, 4096) is not None
    assert dd_read(disk, 0, 512) is None


def test_a_disk_can_be_read_only(lab_disk: DiskFactory) -> None:
    disk = lab_disk(read_only=True)

    assert not dd_write(disk, 0, bytes(BLOCK))
    assert disk.bytes_written() == 0


def test_looking_at_a_disk_writes_nothing_and_leaves_the_checksum(lab_disk: DiskFactory) -> None:
    disk = lab_disk(SMALL)
    dd_write(disk, 0, b"mine" * BLOCK)
    before = disk.checksum()
    disk.reset_stats()

    badblocks(disk, "-t", "0xaa", "-e", "1")

    assert disk.bytes_written() == 0
    assert disk.checksum() == before
    dd_write(disk, 0, b"your" * BLOCK)
    assert disk.bytes_written() == 4 * BLOCK
    assert disk.checksum() != before


def test_equal_content_has_equal_checksums_however_it_was_written(lab_disk: DiskFactory) -> None:
    one, other = lab_disk(), lab_disk()
    dd_write(one, 0, b"a" * BLOCK)
    dd_write(other, 0, b"a" * BLOCK)
    dd_write(other, MIB, bytes(BLOCK))

    assert one.checksum() == other.checksum()


def test_a_disk_comes_back_with_its_content_and_identity(lab_disk: DiskFactory) -> None:
    disk = lab_disk()
    dd_write(disk, 0, b"kept" + bytes(BLOCK - 4))
    serial = disk.serial

    disk.detach()
    disk.attach()

    assert dd_read(disk, 0, BLOCK) == b"kept" + bytes(BLOCK - 4)
    assert disk.serial == serial


def test_an_order_beyond_the_end_of_the_disk_is_refused(lab_disk: DiskFactory) -> None:
    disk = lab_disk(MIB)

    with pytest.raises(OrderRefused, match="not on this disk"):
        disk.fault("eio-read", MIB, BLOCK)
    with pytest.raises(OrderRefused, match="eio-read"):
        disk.fault("gremlins", 0, BLOCK)
