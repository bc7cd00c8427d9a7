"""What a launch of the engine "stamped" asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, List, Tuple

from drives.hosts.program.fields import required_text, table, tables, text, whole
from drives.hosts.program.problem import Json, Problem

STAMP, ZERO = "stamp", "zero"
WRITE, VERIFY = "write", "verify"

# The random data repeats after this many bytes. Every transfer begins at a multiple of it, whatever io_bytes is,
# so that a run can be resumed with other io_bytes.
TILE_BYTES = 1024 * 1024
DEFAULT_IO_BYTES = TILE_BYTES
LARGEST_IO_BYTES = 32 * TILE_BYTES
DEFAULT_ERRORS = 100
MOST_ERRORS = 10_000
MOST_PASSES = 64
LARGEST_NUMBER = 65_535


@dataclass(frozen=True)
class Pass:
    """One time over the whole surface. A pass of zeros has no number."""

    kind: str
    number: int = 0

    @property
    def words(self) -> str:
        return ZERO if self.kind == ZERO else f"{STAMP} {self.number}"


@dataclass(frozen=True)
class Options:
    """What was asked for. `start` is empty, or a checkpoint (its first three fields will do)."""

    run_stamp: int
    passes: Tuple[Pass, ...]
    verify: bool
    max_errors: int
    io_bytes: int
    start: Json

    @property
    def phases(self) -> Tuple[str, ...]:
        return (WRITE, VERIFY) if self.verify else (WRITE,)

    @property
    def stamp_words(self) -> str:
        return f"{self.run_stamp:016x}"


def options(given: Json) -> Options:
    """Read and check the options of a launch."""
    verify = given.get("verify", True)
    if not isinstance(verify, bool):
        raise Problem("bad_request", "verify must be true or false.")
    chosen = Options(
        run_stamp=int(_stamp(given), 16),
        passes=_passes(tables(given, "passes")),
        verify=verify,
        max_errors=_between(given, "max_errors", 1, MOST_ERRORS, default=DEFAULT_ERRORS),
        io_bytes=_between(given, "io_bytes", TILE_BYTES, LARGEST_IO_BYTES, default=DEFAULT_IO_BYTES),
        start=table(given, "start") if given.get("start") else {},
    )
    if chosen.io_bytes & (chosen.io_bytes - 1):
        raise Problem("bad_request", "io_bytes must be a power of two.")
    if chosen.start:
        _check_start(chosen)
    return chosen


def _stamp(given: Json) -> str:
    stamp = required_text(given, "run_stamp")
    if not re.fullmatch(r"[0-9a-fA-F]{16}", stamp):
        raise Problem("bad_request", "run_stamp must be 16 hexadecimal digits.")
    return stamp


def _passes(given: List[Json]) -> Tuple[Pass, ...]:
    passes = tuple(_pass(entry) for entry in given)
    numbers = [entry.number for entry in passes if entry.kind == STAMP]
    if not 0 < len(passes) <= MOST_PASSES or len(set(numbers)) != len(numbers):
        raise Problem("bad_request", "passes must be 1 to 64 passes, and no two stamps may have the same number.")
    return passes


def _pass(entry: Json) -> Pass:
    kind = text(entry, "kind", "")
    if kind == ZERO:
        return Pass(ZERO)
    if kind != STAMP:
        raise Problem("bad_request", f"The kind of a pass is stamp or zero, not {kind!r}.")
    return Pass(STAMP, _between(entry, "number", 1, LARGEST_NUMBER))


def _between(given: Json, name: str, least: int, most: int, *, default: int | None = None) -> int:
    value = whole(given, name, default)
    if not least <= value <= most:
        raise Problem("bad_request", f"{name} must be from {least} to {most}.")
    return value


def _check_start(chosen: Options) -> None:
    start = chosen.start
    _between(start, "pass", 0, len(chosen.passes) - 1)
    if text(start, "phase") not in chosen.phases:
        raise Problem(
            "bad_request", f"The run cannot start in the phase {start['phase']!r}: this plan has no such phase."
        )
    if whole(start, "position") < 0:
        raise Problem("bad_request", "The position of the start must not be negative.")
    stamp: Any = start.get("run_stamp", chosen.stamp_words)
    if not isinstance(stamp, str) or stamp.lower() != chosen.stamp_words:
        raise Problem("bad_request", "The start is a checkpoint of another run: its run_stamp differs.")
