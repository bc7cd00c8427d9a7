"""How far a run has come: all that a checkpoint must hold so that another run can go on from it."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import List

from drives.hosts.program.engines.stamped_findings import BAD_START, OTHER_DRIVE, Findings, Stop
from drives.hosts.program.engines.stamped_log import PositionLog, pack, unpack
from drives.hosts.program.engines.stamped_plan import TILE_BYTES, VERIFY, WRITE, Options
from drives.hosts.program.problem import Json

# What a drive took and had not on its medium when the power went: more than any cache holds
SAFETY_MARGIN = 512 * 1024 * 1024
LEAST_MARGIN = 4 * 1024 * 1024
CACHE_SHARE = 64  # a small drive has a small cache: never more than this part of it
IDENTITY = ("serial", "size_bytes", "logical_block")


def safety_margin(size_bytes: int) -> int:
    """How many bytes of writing a power cut may have taken from the cache of a drive of this size."""
    return min(SAFETY_MARGIN, max(LEAST_MARGIN, size_bytes // CACHE_SHARE))


@dataclass
class Tally:
    """What one pass came to: bytes that the drive accepted, and bytes that it gave back as they were written."""

    kind: str
    number: int
    bytes_written: int = 0
    bytes_verified: int = 0
    write_seconds: float = 0.0
    verify_seconds: float = 0.0
    retried: int = 0


class State:
    """Where the run is, and what it has found so far."""

    def __init__(self, chosen: Options, size_bytes: int, block: int, device: Json) -> None:
        self.chosen = chosen
        self.size_bytes = size_bytes
        self.block = block
        self.device = dict(device, size_bytes=size_bytes, logical_block=block)
        self.pass_index = 0
        self.phase = WRITE
        self.position = 0
        self.tallies = [Tally(one.kind, one.number) for one in chosen.passes]
        self.findings = Findings(chosen.max_errors)
        self.log = PositionLog(size_bytes, [])
        self.wraps_at_bytes: int | None = None

    @property
    def tally(self) -> Tally:
        return self.tallies[self.pass_index]

    @property
    def finished(self) -> bool:
        return self.pass_index == len(self.tallies)

    @property
    def bytes_total(self) -> int:
        return self.size_bytes * len(self.chosen.phases) * len(self.tallies)

    @property
    def bytes_done(self) -> int:
        phases = self.pass_index * len(self.chosen.phases) + (self.phase == VERIFY)
        return self.size_bytes * phases + self.position

    def next_phase(self) -> None:
        """The phase is through."""
        if self.phase == WRITE and self.chosen.verify:
            self.phase = VERIFY
        else:
            self.phase = WRITE
            self.pass_index += 1
        self.position = 0

    def checkpoint(self) -> Json:
        return {
            "pass": self.pass_index,
            "phase": self.phase,
            "position": self.position,
            "run_stamp": self.chosen.stamp_words,
            "device": self.device,
            "passes": self.passes(),
            "errors": list(self.findings.kept),
            "wraps_at_bytes": self.wraps_at_bytes,
            "position_log": pack(self.log.as_json()),
            "at": time.time(),
        }

    def passes(self) -> List[Json]:
        return [
            dict(asdict(tally), errors=sum(1 for _ in self.findings.of_pass(index)))
            for index, tally in enumerate(self.tallies)
        ]

    def restore(self, start: Json) -> None:
        """Take over a checkpoint; Stop when it is about another drive or another plan."""
        known = start.get("device") or {}
        if any(known.get(name) and self.device.get(name) and known[name] != self.device[name] for name in IDENTITY):
            raise Stop(OTHER_DRIVE)
        try:
            self._take_over(start)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Stop(BAD_START) from error

    def rewind(self) -> None:
        """Go back to where everything before is surely on the medium."""
        if self.phase == VERIFY:
            if self.position % TILE_BYTES and self.position != self.size_bytes:
                self._begin_again(0)
                self.tally.bytes_verified = 0
            return
        before = self.position
        dropped = self._begin_again(max(0, before - safety_margin(self.size_bytes)))
        again = before - self.position - dropped
        self.tally.bytes_written = max(0, self.tally.bytes_written - again)

    def _take_over(self, start: Json) -> None:
        self.pass_index, self.phase, self.position = start["pass"], start["phase"], start["position"]
        if self.position > self.size_bytes:
            raise ValueError("The position lies beyond the end of the drive.")
        self.findings.keep_only([_finding(entry) for entry in start.get("errors", [])])
        self.wraps_at_bytes = start.get("wraps_at_bytes")
        self.log = PositionLog(self.size_bytes, unpack(start.get("position_log", "")))
        if "passes" in start:
            self._take_over_tallies(start["passes"])

    def _take_over_tallies(self, passes: List[Json]) -> None:
        if len(passes) != len(self.tallies):
            raise ValueError("There are more or fewer passes.")
        for tally, kept in [(self.tallies[index], entry) for index, entry in enumerate(passes)]:
            if (tally.kind, tally.number) != (kept["kind"], kept["number"]):
                raise ValueError("The passes are others.")
            for name in ("bytes_written", "bytes_verified", "retried"):
                setattr(tally, name, int(kept[name]))
            for name in ("write_seconds", "verify_seconds"):
                setattr(tally, name, float(kept[name]))

    def _begin_again(self, position: int) -> int:
        """Forget what this phase found from this position on; how many bytes of bad blocks it had come past."""
        before, self.position = self.position, position - position % TILE_BYTES
        here = (self.pass_index, self.phase)
        dropped = [
            one
            for one in self.findings.kept
            if (one["pass"], one["phase"]) == here
            and (one["block"] is None or one["block"] * self.block >= self.position)
        ]
        self.findings.keep_only([one for one in self.findings.kept if one not in dropped])
        blocks = [one["block"] for one in dropped if one["block"] is not None]
        return sum(self.length_of(block) for block in blocks if block * self.block < before)

    def length_of(self, block: int) -> int:
        """Bytes of a block: the last one of a pretended drive may be cut short."""
        return min(self.block, self.size_bytes - block * self.block)


def _finding(entry: Json) -> Json:
    """An error of an earlier run, with all that is counted on."""
    if not isinstance(entry["kind"], str) or not isinstance(entry["pass"], int):
        raise TypeError("An error has a kind and a pass.")
    if not isinstance(entry["block"], (int, type(None))) or entry["phase"] not in (WRITE, VERIFY):
        raise TypeError("An error has a block and a phase.")
    return dict(entry)
