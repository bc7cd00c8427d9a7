"""The rows of the fault matrix in which the drive itself is healthy, faulty, or another than it says."""

from __future__ import annotations

from tests.acceptance import fault_checks as checks
from tests.acceptance import fault_stories as stories
from tests.acceptance.fault_matrix import (
    AT,
    BLOCK,
    SECTOR,
    Prepare,
    Row,
    by_both_plans,
    fault,
    flipped_bits,
    smart,
    whole,
)
from tests.lab.disks import LabDisk
from tests.lab.lab import MIB

TWICE = {"size": 32 * MIB + SECTOR}
REAL = 20 * MIB  # larger than what is on its way to a drive at once: else two writes meet in one place, and either wins
PLACES = 3 * BLOCK
TB_20 = 20 * 10**12
NEW, USED = {"power_on_hours": 10}, {"power_on_hours": 100}
SOLID_STATE = {"rotation_rate": 0, "model": "Samsung SSD 870 EVO 500GB"}
ANOTHER_PORT = "another port"


def once_over_the_same(kind: str, **options: int) -> Prepare:
    """Return an order for one write that goes wrong over bytes that are those of badblocks' first pattern already."""

    def prepare(disk: LabDisk) -> None:
        with open(disk.device, "r+b", buffering=0) as drive:  # noqa: PTH123  a device
            for place in (AT, *options.values()):
                drive.seek(place)
                drive.write(b"\xaa" * BLOCK)
        disk.client.tell(op="fault", disk=disk.name, kind=kind, offset=AT, length=BLOCK, count=1, **options)

    return prepare


def slow_zone(disk: LabDisk) -> None:
    """Order a drive that is as fast everywhere as a drive is, and much slower in one place."""
    disk.limit(24 * MIB)
    disk.fault("slow", 40 * MIB, 8 * MIB, ms=1500)


HEALTHY = (
    Row("healthy 1", "passed", self_tests=("short", "long"), check=checks.is_proved_and_blank),
    Row("healthy 2", "passed", plan="classic", findings=("cannot_see",), check=checks.is_proved_by_badblocks),
    Row("healthy 3, SAS", "passed", wishes={"protocol": "SCSI"}, check=checks.is_proved_and_blank),
    *by_both_plans("4Kn", "passed", wishes={"logical_block": BLOCK, "size": 32 * MIB}),
    *by_both_plans("SSD", "passed", wishes={**SOLID_STATE, "size": 32 * MIB}),
)
PLACES_OF_FAULTS = (
    *by_both_plans(
        "EIO on read",
        "failed",
        standard=("bad_blocks",),
        classic=("bad_blocks",),
        prepare=fault("eio-read"),
        check=checks.bad_place(),
    ),
    *by_both_plans(
        "EIO on write",
        "failed",
        standard=("bad_blocks",),
        classic=("bad_blocks",),
        prepare=fault("eio-write"),
        check=checks.bad_place(),
    ),
    *by_both_plans(
        "EIO on both",
        "failed",
        standard=("bad_blocks",),
        classic=("bad_blocks",),
        prepare=fault("eio-rw"),
        check=checks.bad_place(),
    ),
    *by_both_plans(
        "silent corruption on read",
        "failed",
        standard=("corruption",),
        classic=("bad_blocks",),
        words=ANOTHER_PORT,
        prepare=flipped_bits("corrupt-read"),
        check=checks.flipped_blocks(),
    ),
    *by_both_plans(
        "silent corruption on write",
        "failed",
        standard=("corruption",),
        classic=("bad_blocks",),
        words=ANOTHER_PORT,
        prepare=flipped_bits("corrupt-write"),
        check=checks.flipped_blocks(),
    ),
    *by_both_plans(
        "lost write",
        "failed",
        standard=("lost_writes",),
        classic=("bad_blocks",),
        prepare=fault("lost-write", PLACES),
        check=checks.corrupted_place("lost_writes", PLACES),
    ),
    *by_both_plans(
        "misdirected write",
        "failed",
        standard=("misdirected_writes", "lost_writes"),
        classic=("bad_blocks",),
        prepare=fault("misdirected-write", to=AT // 2),
    ),
    Row(
        "lost write over the same bytes",
        "passed",
        plan="classic",
        findings=("cannot_see",),
        prepare=once_over_the_same("lost-write"),
    ),
    Row(
        "lost write over the same bytes", "failed", findings=("lost_writes",), prepare=once_over_the_same("lost-write")
    ),
    Row(
        "misdirected write over the same bytes",
        "passed",
        plan="classic",
        findings=("cannot_see",),
        words="the wrong place",
        prepare=once_over_the_same("misdirected-write", to=AT // 2),
    ),
    Row(
        "misdirected write over the same bytes",
        "failed",
        findings=("misdirected_writes",),
        prepare=once_over_the_same("misdirected-write", to=AT // 2),
    ),
    Row(
        "corruption on a 4Kn drive",
        "failed",
        findings=("corruption",),
        wishes={"logical_block": BLOCK, "size": 32 * MIB},
        prepare=flipped_bits("corrupt-read"),
        check=checks.names("corruption", PLACES, BLOCK),
    ),
)
HEALING = (
    *by_both_plans(
        "pending sector that heals",
        "passed",
        standard=("smart_reallocated", "smart_reallocation_events"),
        classic=("smart_reallocated", "smart_reallocation_events"),
        prepare=fault("pending", SECTOR),
        check=checks.healed(1),
    ),
    Row(
        "pending sectors that heal, more than are forgiven",
        "failed",
        findings=("smart_reallocated",),
        prepare=fault("pending", 3 * SECTOR),
        check=checks.healed(3),
    ),
    Row(
        "pending sector that heals on a new drive",
        "failed",
        findings=("smart_reallocated",),
        prepare=lambda disk: (smart(**NEW)(disk), fault("pending", SECTOR)(disk)),
        check=checks.healed(1),
    ),
)
CAPACITY = (
    Row(
        "fake capacity that wraps",
        "failed",
        findings=("fake_capacity",),
        wishes=TWICE,
        prepare=lambda disk: disk.fake(REAL, "wrap"),
        check=checks.real_size(REAL),
    ),
    Row(
        "fake capacity that wraps",
        "passed",
        plan="classic",
        findings=("cannot_see",),
        words="wraps around",
        prepare=lambda disk: disk.fake(disk.size // 2, "wrap"),
    ),
    Row(
        "fake capacity that drops",
        "failed",
        findings=("fake_capacity",),
        wishes=TWICE,
        prepare=lambda disk: disk.fake(REAL, "drop"),
        check=checks.real_size(REAL),
    ),
    Row(
        "fake capacity that drops",
        "failed",
        plan="classic",
        findings=("bad_blocks",),
        prepare=lambda disk: disk.fake(disk.size // 2, "drop"),
    ),
    Row("20 TB", "cancelled", wishes={"size": TB_20}, story=stories.is_of_20_tb),
    Row("20 TB", "cancelled", plan="classic", wishes={"size": TB_20}, story=stories.is_of_20_tb),
    *by_both_plans(
        "20 TB, unwritable",
        "failed",
        standard=("bad_blocks",),
        classic=("bad_blocks",),
        wishes={"size": TB_20},
        prepare=whole("eio-write"),
    ),
    Row("read-only", "refused", wishes={"read_only": True}, words="write-protected", untouched=True),
    Row("size 0", "refused", wishes={"size": 0}, words="0 bytes", untouched=True),
)
SLOW_ZONE = (
    Row(
        "slow zone",
        "passed",
        wishes={"size": 64 * MIB},
        findings=("slow_zone",),
        prepare=slow_zone,
        check=checks.slow_zone_is_named,
    ),
)
ROWS = (*HEALTHY, *PLACES_OF_FAULTS, *HEALING, *CAPACITY, *SLOW_ZONE)
