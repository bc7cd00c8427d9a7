"""How far badblocks is, from what it writes to standard error.

badblocks never ends a line of progress: it overwrites it with backspaces. So the text is cut at backspaces and
line ends, and the unfinished rest waits for the next piece.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import BinaryIO, Iterator, List

from drives.hosts.program.problem import Json

CUT = re.compile(rb"[\b\r\n]+")
PHASE = re.compile(
    r"(?:Testing with pattern (?P<pattern>0x[0-9a-fA-F]+)|Testing with (?P<random>random) pattern"
    r"|(?P<verify>Reading and comparing)|Checking for bad blocks \((?P<read>read-only) test\)): "
)
DONE = re.compile(
    r"\s*(?P<percent>\d{1,3}\.\d{2})% done, (?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d{2})"
    r" elapsed\. \((?P<read>\d+)/(?P<write>\d+)/(?P<corrupt>\d+) errors\)"
)
COMPLETED = re.compile(
    r"Pass completed, \d+ bad blocks found\. \((?P<read>\d+)/(?P<write>\d+)/(?P<corrupt>\d+) errors\)"
)
READ_ONLY = "Checking for bad blocks in read-only mode"
LONGEST_TAIL = 64 * 1024


@dataclass
class Parser:
    """Reads badblocks' standard error piece by piece, and can be put aside and taken up again."""

    offset: int = 0
    tail: str = ""
    phase: str | None = None
    pattern: str | None = None
    percent: float | None = None
    errors: List[int] = field(default_factory=lambda: [0, 0, 0])
    elapsed_s: int | None = None
    completed: bool = False
    only_reads: bool = False
    log_bytes: int = 0

    def feed(self, data: bytes) -> None:
        pieces = CUT.split(self.tail.encode("latin-1") + data)
        for piece in pieces[:-1]:
            self._take(piece)
        self.offset += len(data)
        rest = pieces[-1]
        self.log_bytes += max(0, len(rest) - LONGEST_TAIL)
        self.tail = rest[-LONGEST_TAIL:].decode("latin-1")

    def checkpoint(self) -> Json:
        return asdict(self)

    def as_json(self) -> Json | None:
        """The progress, None when nothing of the kind was read."""
        if self.phase is None and not self.completed:
            return None
        return {
            "phase": self.phase,
            "pattern": self.pattern,
            "percent": self.percent,
            "position": None,
            "errors": list(self.errors),
            "elapsed_s": self.elapsed_s,
            "completed": self.completed,
        }

    def _take(self, piece: bytes) -> None:
        text = piece.decode("latin-1")
        phase = PHASE.search(text)
        if phase:
            self._enter(phase)
        done = DONE.search(text)
        if done:
            self._count(done)
        if text.startswith("done") and self.phase is not None:
            self.percent = 100.0
        completed = COMPLETED.search(text)
        if completed:
            self.completed = True
            self.errors = _errors(completed)
        self.only_reads = self.only_reads or text.startswith(READ_ONLY)
        self.log_bytes += len(DONE.sub("", text).strip())

    def _enter(self, match: re.Match[str]) -> None:
        self.percent = 0.0
        if match.group("verify"):
            self.phase = "verify"
            return
        self.pattern = match.group("pattern") or match.group("random")
        self.phase = "verify" if self.only_reads or match.group("read") else "write"

    def _count(self, match: re.Match[str]) -> None:
        self.percent = float(match.group("percent"))
        hours = int(match.group("hours") or 0)
        self.elapsed_s = (hours * 60 + int(match.group("minutes"))) * 60 + int(match.group("seconds"))
        self.errors = _errors(match)


def _errors(match: re.Match[str]) -> List[int]:
    return [int(match.group(name)) for name in ("read", "write", "corrupt")]


def resume(saved: Json) -> Parser:
    """A parser that goes on where a checkpoint was made."""
    known = Parser().__dict__
    return Parser(**{name: value for name, value in saved.items() if name in known})


def without_progress(stream: BinaryIO) -> Iterator[str]:
    """Standard error as a person wants to read it: line by line, no progress."""
    held = ""
    for piece in _pieces(stream):
        text = DONE.sub("", piece.decode("utf-8", "replace")).strip()
        if text == "done" and held.endswith(":"):
            held += " done"
            continue
        if text:
            if held:
                yield held
            held = text
    if held:
        yield held


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    tail = b""
    data = stream.read(LONGEST_TAIL)
    while data:
        pieces = CUT.split(tail + data)
        yield from pieces[:-1]
        tail = pieces[-1]
        if len(tail) > LONGEST_TAIL:
            yield tail
            tail = b""
        data = stream.read(LONGEST_TAIL)
    yield tail
