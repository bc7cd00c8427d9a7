"""Reads random blocks of a range and compares them with a pattern: is what was written still there? Never writes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import List

from drives.hosts.program.engines.drive_file import DriveFile
from drives.hosts.program.engines.tail import fill, is_pattern
from drives.hosts.program.engines.workplace import Workplace
from drives.hosts.program.fields import required_text, whole
from drives.hosts.program.problem import Json, Problem

BLOCKS = 64
MOST_BLOCKS = 10_000


@dataclass(frozen=True)
class Options:
    """Where to look, in bytes; at how many blocks of which size; and what they must hold."""

    offset: int
    length: int
    block_size: int
    blocks: int
    pattern: str


def options(given: Json) -> Options:
    """Read and check the options of a launch."""
    chosen = Options(
        offset=whole(given, "offset"),
        length=whole(given, "length"),
        block_size=whole(given, "block_size", 4096),
        blocks=whole(given, "blocks", BLOCKS),
        pattern=required_text(given, "pattern"),
    )
    size = chosen.block_size
    if size < 512 or size > 16 * 1024 * 1024 or size & (size - 1):
        raise Problem("bad_request", "The block size must be a power of two from 512 B to 16 MiB.")
    if chosen.offset < 0 or chosen.offset % size or chosen.length < size:
        raise Problem("bad_request", "The range must begin at a block and hold at least one.")
    if not 0 < chosen.blocks <= MOST_BLOCKS or not is_pattern(chosen.pattern):
        raise Problem("bad_request", 'A sample is 1 to 10,000 blocks of a pattern like "0xaa".')
    return chosen


def work(place: Workplace, chosen: Options) -> int:
    """Look at the blocks; 0 when every one of them was looked at."""
    if chosen.offset + chosen.length > place.size_bytes:
        place.finish(_result(0, [], [], complete=False))
        return 1
    first, count = chosen.offset // chosen.block_size, chosen.length // chosen.block_size
    wanted = sorted(random.sample(range(first, first + count), min(count, chosen.blocks)))
    drive = DriveFile(place.descriptor, want_direct=chosen.block_size % place.logical_block == 0)
    drive.forget()
    unreadable: List[int] = []
    mismatches: List[int] = []
    for done, number in enumerate(wanted, start=1):
        start = number * chosen.block_size
        try:
            same = drive.read(start, chosen.block_size) == fill(chosen.pattern, start, chosen.block_size)
        except OSError:
            unreadable.append(number)
        else:
            if not same:
                mismatches.append(number)
        place.report(done, len(wanted))
    place.finish(_result(len(wanted), unreadable, mismatches, complete=True))
    return 0


def _result(checked: int, unreadable: List[int], mismatches: List[int], *, complete: bool) -> Json:
    return {
        "engine": "sample",
        "complete": complete,
        "checked": checked,
        "unreadable": unreadable,
        "mismatches": mismatches,
    }
