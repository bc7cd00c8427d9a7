"""ZFS labels, read byte by byte: no tool is needed to know that a disk was, or is, a member of a pool.

A member carries four copies of its label, 256 KiB each: two at its start and two at its end. A copy is known by the
mark behind its description, or by any of its 128 uberblocks (OpenZFS, vdev_impl.h and uberblock_impl.h).
"""

from __future__ import annotations

import struct
from typing import BinaryIO, List

LABEL = 256 * 1024
DESCRIPTION_END = 128 * 1024
MARK_BEFORE_END = 40
MARK = 0x0210DA7AB10C7A11
UBERBLOCK = 0x00BAB10C
UBERBLOCK_STEP = 1024


def has_label(stream: BinaryIO, size: int) -> bool:
    """Say whether a disk of that many bytes carries a label; raise OSError when not one of the places can be read."""
    failures: List[OSError] = []
    places = offsets(size)
    for offset in places:
        try:
            stream.seek(offset + DESCRIPTION_END - MARK_BEFORE_END)
            found = is_label(stream.read(MARK_BEFORE_END + LABEL - DESCRIPTION_END))
        except OSError as error:  # a bad drive may not give back one of them
            failures.append(error)
            continue
        if found:
            return True
    if failures and len(failures) == len(places):
        raise failures[0]
    return False


def offsets(size: int) -> List[int]:
    """Where the four copies begin."""
    whole = size - size % LABEL
    return [offset for offset in (0, LABEL, whole - 2 * LABEL, whole - LABEL) if 0 <= offset <= size - LABEL]


def is_label(tail: bytes) -> bool:
    """Look at a label from the mark behind its description to its end."""
    if _is_number(tail[:8], MARK):
        return True
    starts = range(MARK_BEFORE_END, len(tail) - 7, UBERBLOCK_STEP)
    return any(_is_number(tail[start : start + 8], UBERBLOCK) for start in starts)


def _is_number(eight: bytes, number: int) -> bool:
    """In either byte order: pools travel between machines."""
    return eight in (struct.pack("<Q", number), struct.pack(">Q", number))
