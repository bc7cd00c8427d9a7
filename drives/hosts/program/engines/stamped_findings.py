"""What is wrong with the drive: one entry per bad logical block, with the name of its fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator, List, Set, Tuple

from drives.hosts.program.problem import Json

UNREADABLE, UNWRITABLE, UNFLUSHED = "unreadable", "unwritable", "unflushed"

MAX_ERRORS, DEVICE_GONE, TERMINATED = "max_errors", "device_gone", "terminated"
SAMPLE_MISMATCH, OTHER_DRIVE, BAD_START, BAD_BLOCK_SIZE = (
    "sample_mismatch",
    "other_drive",
    "bad_start",
    "bad_block_size",
)


class Stop(Exception):
    """The work ends before its plan does."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Findings:
    """At most so many; the last one stops the work. A block counts once per pass."""

    most: int
    kept: List[Json] = field(default_factory=list)
    _known: Set[Tuple[int, int | None]] = field(default_factory=set)

    def add(self, finding: Json) -> None:
        if len(self.kept) >= self.most:
            raise Stop(MAX_ERRORS)
        self.kept.append(finding)
        self._known.add(_key(finding))
        if len(self.kept) >= self.most:
            raise Stop(MAX_ERRORS)

    def knows(self, pass_index: int, block: int | None) -> bool:
        return (pass_index, block) in self._known

    def keep_only(self, kept: List[Json]) -> None:
        self.kept = list(kept)
        self._known = {_key(finding) for finding in kept}

    def of_pass(self, pass_index: int) -> Iterator[Json]:
        return (finding for finding in self.kept if finding["pass"] == pass_index)

    def tally(self) -> List[int]:
        """How many of reading, of writing, of wrong content, as badblocks counts."""
        kinds = [finding["kind"] for finding in self.kept]
        read, write = kinds.count(UNREADABLE), kinds.count(UNWRITABLE) + kinds.count(UNFLUSHED)
        return [read, write, len(kinds) - read - write]


def _key(finding: Json) -> Tuple[int, int | None]:
    return finding["pass"], finding["block"]
