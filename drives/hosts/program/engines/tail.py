"""Write patterns to a small range, read them back and compare: for the end of a drive that badblocks leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, List, Tuple

from drives.hosts.program.engines.drive_file import DriveFile
from drives.hosts.program.engines.workplace import Errors, Workplace, merged
from drives.hosts.program.fields import texts, whole
from drives.hosts.program.problem import Json, Problem

CHUNK = 1024 * 1024
LONGEST = 1024 * 1024 * 1024


@dataclass(frozen=True)
class Options:
    """Where to write, and what."""

    offset: int
    length: int
    patterns: Tuple[str, ...]


def options(given: Json) -> Options:
    """Read and check the options of a launch."""
    chosen = Options(whole(given, "offset"), whole(given, "length"), tuple(texts(given, "patterns")))
    if chosen.offset < 0 or not 0 < chosen.length <= LONGEST:
        raise Problem("bad_request", "The tail must begin at 0 or later and be 1 B to 1 GiB long.")
    if not chosen.patterns or not all(map(is_pattern, chosen.patterns)):
        raise Problem("bad_request", 'The patterns must look like "0xaa", up to eight digits.')
    return chosen


def work(place: Workplace, chosen: Options) -> int:
    """Write and compare each pattern; 0 when all of the range was gone through."""
    if chosen.offset + chosen.length > place.size_bytes:
        place.finish(_result([], [], complete=False, direct=False))
        return 1
    block = place.logical_block
    drive = DriveFile(place.descriptor, want_direct=not (chosen.offset % block or chosen.length % block))
    bad: List[Tuple[int, int]] = []
    per_pattern = []
    for index, word in enumerate(chosen.patterns):
        found = _Round(place, chosen, drive, word).work(index)
        bad.extend(found.bad)
        per_pattern.append(found.as_json())
    place.finish(_result(per_pattern, merged(bad), complete=True, direct=drive.direct))
    return 0


def _result(rounds: List[Json], bad: List[List[int]], *, complete: bool, direct: bool) -> Json:
    return {
        "engine": "tail",
        "complete": complete,
        "direct": direct,
        "error_count": sum(entry["error_count"] for entry in rounds),
        "bad_ranges": bad,
        "patterns": rounds,
    }


def fill(word: str, offset: int, length: int) -> bytes:
    """The pattern as badblocks lays it down: big-endian, repeated from the drive's beginning."""
    digits = word[2:]
    value = bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
    shift = offset % len(value)
    return (value * (length // len(value) + 2))[shift : shift + length]


class _Round:
    """One pattern over the whole range."""

    def __init__(self, place: Workplace, chosen: Options, drive: DriveFile, word: str) -> None:
        self.place = place
        self.chosen = chosen
        self.drive = drive
        self.word = word
        self.errors = Errors()
        self.bad: List[Tuple[int, int]] = []

    def work(self, index: int) -> _Round:
        total = 2 * self.chosen.length * len(self.chosen.patterns)
        done = 2 * self.chosen.length * index
        for offset, length in self._chunks(CHUNK):
            self._write(offset, length)
            done += length
            self.place.report(done, total)
        self._flush()
        for offset, length in self._chunks(CHUNK):
            self._compare(offset, length)
            done += length
            self.place.report(done, total)
        return self

    def as_json(self) -> Json:
        return {
            "pattern": self.word,
            "error_count": self.errors.count,
            "errors": self.errors.kept,
            "bad_ranges": merged(self.bad),
        }

    def _write(self, offset: int, length: int) -> None:
        try:
            self.drive.write(offset, fill(self.word, offset, length))
        except OSError:
            for start, size in self._blocks(offset, length):
                self._write_block(start, size)

    def _write_block(self, offset: int, length: int) -> None:
        try:
            self.drive.write(offset, fill(self.word, offset, length))
        except OSError as error:
            self._fault(offset, length, "write", str(error))

    def _flush(self) -> None:
        try:
            self.drive.flush()
        except OSError as error:
            self._fault(self.chosen.offset, self.chosen.length, "flush", str(error))

    def _compare(self, offset: int, length: int) -> None:
        try:
            if self.drive.read(offset, length) == fill(self.word, offset, length):
                return
        except OSError:
            pass  # found again below, block by block
        for start, size in self._blocks(offset, length):
            self._compare_block(start, size)

    def _compare_block(self, offset: int, length: int) -> None:
        try:
            found = self.drive.read(offset, length)
        except OSError as error:
            self._fault(offset, length, "read", str(error))
            return
        if found != fill(self.word, offset, length):
            self._fault(offset, length, "corrupt", "Read back other data than was written.")

    def _fault(self, offset: int, length: int, kind: str, text: str) -> None:
        self.errors.add(offset, kind, text)
        self.bad.append((offset, offset + length))

    def _chunks(self, size: int) -> Iterator[Tuple[int, int]]:
        return _cut(self.chosen.offset, self.chosen.length, size)

    def _blocks(self, offset: int, length: int) -> Iterator[Tuple[int, int]]:
        return _cut(offset, length, self.place.logical_block)


def _cut(offset: int, length: int, size: int) -> Iterator[Tuple[int, int]]:
    """Pieces of at most this size, cut at its multiples."""
    end = offset + length
    while offset < end:
        piece = min(size - offset % size, end - offset)
        yield offset, piece
        offset += piece


def is_pattern(word: str) -> bool:
    """Is this the word of a pattern, such as 0xaa?"""
    return re.fullmatch(r"0x[0-9a-fA-F]{1,8}", word) is not None
