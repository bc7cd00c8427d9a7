"""What is it that a block holds instead of what was written to it?"""

from __future__ import annotations

import struct
from typing import Dict, Iterator, Tuple

from drives.hosts.program.engines.stamped_content import ADDRESS, PASS, RUN, WORD, Content, mark
from drives.hosts.program.engines.stamped_plan import STAMP, Options
from drives.hosts.program.problem import Json

STALE, FOREIGN, LOST, CORRUPT = "stale", "foreign_address", "lost", "corrupt"
HEADER = struct.Struct("=3Q")
# Two random blocks differ in half of their bits: what differs in fewer than a quarter is the same block with faults
KINSHIP = 4


class Naming:
    """Knows everything that this run can have written anywhere."""

    def __init__(self, chosen: Options, size_bytes: int, block: int) -> None:
        self.chosen = chosen
        self.block = block
        self.blocks = -(-size_bytes // block)
        self._contents: Dict[int, Content] = {}

    def content(self, index: int) -> Content:
        """What the pass of this index writes."""
        if index not in self._contents:
            self._contents[index] = Content(self.chosen.run_stamp, self.chosen.passes[index], self.block)
        return self._contents[index]

    def name(self, index: int, address: int, found: bytes) -> Json:
        """Kind and description of wrong content, read from this address during the pass of this index."""
        distances = [
            (_distance(self._whole(*one, found), found), one) for one in self._candidates(index, address, found)
        ]
        bits, (owner, place) = min(distances, key=lambda entry: entry[0])
        if bits * KINSHIP <= len(found) * 8:
            if place != address:
                words = self.chosen.passes[owner].words
                return {"kind": FOREIGN, "found": f"block {place} of {words}", "address": place}
            if owner != index:
                return {"kind": STALE, "found": self.chosen.passes[owner].words}
            return _corrupt(bits)
        if found[: HEADER.size] == self._whole(index, address, found)[: HEADER.size] and not self.content(index).zero:
            return _corrupt(_distance(self._whole(index, address, found), found))
        return {"kind": LOST, "found": _seen(found)}

    def address_in(self, index: int, found: bytes) -> int | None:
        """The address that an intact block of this pass tells, None for anything else."""
        if len(found) < HEADER.size or self.content(index).zero:
            return None
        address = HEADER.unpack_from(found)[ADDRESS]
        return address if found == self._whole(index, address, found) else None

    def _candidates(self, index: int, address: int, found: bytes) -> Iterator[Tuple[int, int]]:
        """Passes and addresses from which this content may be: the block's own past, and what it says itself."""
        for earlier in range(index, -1, -1):
            yield earlier, address
        if len(found) < HEADER.size:
            return
        said = HEADER.unpack_from(found)
        if said[RUN] != self.chosen.run_stamp or said[ADDRESS] >= self.blocks:
            return
        for owner, one in enumerate(self.chosen.passes):
            if one.kind == STAMP and said[PASS] == mark(one.number):
                yield owner, said[ADDRESS]

    def _whole(self, index: int, address: int, found: bytes) -> bytes:
        """What the block would hold, as long as what was found: a pretended drive may end within a block."""
        return self.content(index).block_at(address)[: len(found)]


def _corrupt(bits: int) -> Json:
    return {"kind": CORRUPT, "found": f"{bits} bit differs" if bits == 1 else f"{bits} bits differ", "bits": bits}


def _seen(found: bytes) -> str:
    if not found.strip(found[:1]):
        return "zeros" if found[0] == 0 else f"only 0x{found[0]:02x}"
    return f"other content, {found[: 2 * WORD].hex()}…"


def _distance(one: bytes, other: bytes) -> int:
    """In how many bits two blocks differ."""
    return bin(int.from_bytes(one, "little") ^ int.from_bytes(other, "little")).count("1")
