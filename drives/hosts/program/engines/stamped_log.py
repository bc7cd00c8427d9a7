"""How fast the drive was, and how long it made wait, per thousandth of its surface."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, List, Tuple

from drives.hosts.program.engines.stamped_plan import VERIFY, WRITE
from drives.hosts.program.problem import Json

CELLS = 1000

Numbers = List[Any]  # a number or None per cell; JSON knows no more precise type


class PhaseLog:
    """One phase of one pass. Its transfers come in the order of their places."""

    def __init__(self, size_bytes: int, kept: Json | None = None) -> None:
        self._size = size_bytes
        kept = kept or {}
        self.mbps: Numbers = list(kept.get("mbps") or [None] * CELLS)
        self.worst_ms: Numbers = list(kept.get("worst_ms") or [None] * CELLS)
        self._cell = -1
        self._bytes = 0
        self._seconds = self._worst = 0.0

    def add(self, offset: int, length: int, seconds: float) -> None:
        """Count a transfer; one that failed has no length, but it took its time."""
        cell = offset * CELLS // self._size
        if cell != self._cell:
            self._cell, self._bytes, self._seconds = cell, 0, 0.0
            self._worst = (self.worst_ms[cell] or 0.0) / 1000
        self._bytes += length
        self._seconds += seconds if length else 0.0
        self._worst = max(self._worst, seconds)
        if self._seconds:
            self.mbps[cell] = round(self._bytes / self._seconds / 1e6, 1)
        self.worst_ms[cell] = round(self._worst * 1000, 1)

    def as_json(self) -> Json:
        return {"mbps": self.mbps, "worst_ms": self.worst_ms}


class PositionLog:
    """All phases of all passes that have begun."""

    def __init__(self, size_bytes: int, kept: List[Json]) -> None:
        self._size = size_bytes
        self._phases = {_key(entry): PhaseLog(size_bytes, entry) for entry in kept}

    def of(self, index: int, phase: str) -> PhaseLog:
        return self._phases.setdefault((index, phase), PhaseLog(self._size))

    def as_json(self) -> List[Json]:
        return [
            {"pass": index, "phase": phase, **log.as_json()}
            for (index, phase), log in sorted(
                self._phases.items(), key=lambda entry: (entry[0][0], entry[0][1] == VERIFY)
            )
        ]


def pack(log: List[Json]) -> str:
    """The log in little room: a checkpoint travels with each look at a run."""
    text = json.dumps(log, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"))).decode("ascii")


def unpack(packed: str) -> List[Json]:
    """A packed log; empty when it cannot be read, for it is worth less than the run."""
    try:
        log = json.loads(zlib.decompress(base64.b64decode(packed)))
    except (ValueError, zlib.error):
        return []
    return [entry for entry in log if _is_phase(entry)] if isinstance(log, list) else []


def _is_phase(entry: Any) -> bool:
    if (
        not isinstance(entry, dict)
        or entry.get("phase") not in (WRITE, VERIFY)
        or not isinstance(entry.get("pass"), int)
    ):
        return False
    lists = (entry.get("mbps"), entry.get("worst_ms"))
    return all(isinstance(values, list) and len(values) == CELLS for values in lists)


def _key(entry: Json) -> Tuple[int, str]:
    return entry["pass"], entry["phase"]
