"""What badblocks must be told, and what its output proves. Pure.

Facts about badblocks 1.47 behind the rules here: it exits 0 whatever it finds; a refusal prints nothing on standard
output; it tests floor(size / block) blocks and leaves the rest; block numbers must fit 32 bits; in write mode the
number of a corrupted block is too high by the length of the chunk it read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_BLOCKS = 2**32
CHUNK_BYTES = 4 * 1024 * 1024
PATTERNS = ("0xaa", "0x55", "0xff", "0x00")
RANGE = re.compile(r"From block ([0-9]{1,15}) to ([0-9]{1,15})")
READ_RANGE = re.compile(r"Checking blocks ([0-9]{1,15}) to ([0-9]{1,15})")
# Of at most 15 digits: badblocks counts blocks of 32 bits, and the sum of three is still one that can be stored.
COMPLETED = re.compile(
    r"Pass completed, [0-9]{1,15} bad blocks found\. \(([0-9]{1,15})/([0-9]{1,15})/([0-9]{1,15}) errors\)"
)
NUMBER = re.compile(r"(?<!\S)[0-9]{1,15}(?!\S)")
TOO_MANY = "Too many bad blocks"
COMPARING = "Reading and comparing:"  # the host-side program leaves no blank behind it where no "done" follows


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a drive is cut up: `block` bytes each, `chunk` blocks per I/O, `last` the number of the last whole block."""

    block: int
    chunk: int
    last: int
    tail: int  # bytes behind the last whole block, tested apart

    @property
    def covered(self) -> int:
        """Return the bytes that badblocks itself covers."""
        return (self.last + 1) * self.block


def choose_geometry(size_bytes: int, physical_block: int = 512) -> Geometry:
    """Return the blocks of a drive: 4096 bytes where their number fits 32 bits, else the next power of two."""
    block = max(4096, physical_block)
    while size_bytes // block >= MAX_BLOCKS:
        block *= 2
    chunk = min(1024, max(64, CHUNK_BYTES // block))
    blocks = size_bytes // block
    return Geometry(block, chunk, blocks - 1, size_bytes - blocks * block)


def write_argv(geometry: Geometry, pattern: str, max_errors: int, first: int = 0) -> list[str]:
    """Return the command that writes one pattern from a block to the end of the drive and reads it back.

    One pattern per process (a natural checkpoint), never -p (it repeats all on an error and hides the first result).
    """
    b, c = str(geometry.block), str(geometry.chunk)
    flags = ["-wsv", "-X", "-b", b, "-c", c, "-e", str(max_errors), "-t", pattern]
    return ["badblocks", *flags, "{device}", str(geometry.last), str(first)]


def compare_argv(geometry: Geometry, pattern: str, first: int, last: int, max_errors: int) -> list[str]:
    """Return the command that only reads, and compares with the pattern: its block numbers are exact."""
    b, c = str(geometry.block), str(geometry.chunk)
    flags = ["-sv", "-b", b, "-c", c, "-e", str(max_errors), "-t", pattern]
    return ["badblocks", *flags, "{device}", str(last), str(first)]


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of badblocks said. `doubts` are the reasons why it proves nothing; empty means full coverage."""

    reported: tuple[int, ...]
    read_errors: int
    write_errors: int
    corrupted: int
    gave_up: bool
    doubts: tuple[str, ...]

    @property
    def errors(self) -> int:
        """Return all errors counted."""
        return self.read_errors + self.write_errors + self.corrupted


def judge_write(
    geometry: Geometry, pattern: str, log: str, stdout: str, exit_code: int | None, *, first: int = 0
) -> Result:
    """Judge a write-and-verify run of one pattern from a block to the end of the drive."""
    headers = (f"Testing with pattern {pattern}:", COMPARING)
    doubts = [f"there is no sign of the phase “{head.rstrip(':')}”" for head in headers if head not in log]
    found = RANGE.search(log)
    if not found or (int(found[1]), int(found[2])) != (first, geometry.last):
        doubts.append(f"it did not announce the range from block {first} to {geometry.last}")
    return _judge(log, stdout, exit_code, doubts, phases=2)


def judge_compare(first: int, last: int, log: str, stdout: str, exit_code: int | None) -> Result:
    """Judge a read-only comparison of a range."""
    doubts = []
    found = READ_RANGE.search(log)
    if not found or (int(found[1]), int(found[2])) != (first, last):
        doubts.append(f"it did not announce the range from block {first} to {last}")
    return _judge(log, stdout, exit_code, doubts, phases=1)


def _judge(log: str, stdout: str, exit_code: int | None, doubts: list[str], *, phases: int) -> Result:
    reported = numbers_in(stdout)
    completed = COMPLETED.search(log)
    counts = (int(completed[1]), int(completed[2]), int(completed[3])) if completed else (0, 0, 0)
    gave_up = TOO_MANY in log
    if exit_code != 0:
        doubts.append(f"badblocks ended with exit code {exit_code}")
    if not completed:
        doubts.append("it did not say that the pass was completed")
    if log.count("done") < phases and not gave_up:
        doubts.append("a phase did not reach its end")
    if bool(reported) != bool(sum(counts)):
        doubts.append(f"it listed {len(reported)} blocks but counted {sum(counts)} errors")
    return Result(reported, *counts, gave_up=gave_up, doubts=tuple(doubts))


def numbers_in(stdout: str) -> tuple[int, ...]:
    """Return the block numbers that badblocks printed, one a line."""
    return tuple(int(word) for word in NUMBER.findall(stdout))


def suspect_ranges(geometry: Geometry, reported: Iterable[int], limit: int = 16) -> list[tuple[int, int]]:
    """Return the ranges (first, last) in which the reported blocks really lie, merged and at most `limit` of them.

    A corrupted block is reported at most one chunk too high, so each number stands for the chunk before it as well.
    """
    ranges: list[tuple[int, int]] = []
    for number in sorted(set(reported)):
        low, high = max(0, number - geometry.chunk), min(number, geometry.last)
        if low > geometry.last:
            continue
        if ranges and low <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], high)
        else:
            ranges.append((low, high))
    return ranges[:limit]


def span_text(blocks: Sequence[int], limit: int = 6) -> str:
    """Return block numbers for a person: "5120, 15000" or "4096–4099 and 12 more"."""
    spans: list[tuple[int, int]] = []
    for number in sorted(blocks):
        if spans and number == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    words = [str(low) if low == high else f"{low}–{high}" for low, high in spans[:limit]]
    more = len(spans) - limit
    return ", ".join(words) + (f" and {more} more places" if more > 0 else "")
