"""One run of the simulated engine "stamped": its passes, what it finds, and the files it leaves."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from mock_truenas.tools.surface import Defect, Pace, Surface, place_after, time_until
from mock_truenas.world import documents

BLOCK = 512
CELLS = 1000
TOLD_EVERY_S = 1.0
KINDS = {"read": "unreadable", "write": "unwritable", "corrupt": "lost"}
PHASES = ("write", "verify")


class Ended(BaseException):
    """The run ends early; the text says why. Not an Exception, so that nothing on the way takes it for a fault."""


class Plan(NamedTuple):
    """What was asked for."""

    run_stamp: str
    passes: tuple[dict[str, Any], ...]
    most_errors: int
    size: int


class StampedRun:
    """Walks over the drive and keeps the book of it."""

    def __init__(self, plan: Plan, surface: Surface, pace: Pace, folder: Path) -> None:
        self._plan, self._surface, self._pace, self._folder = plan, surface, pace, folder
        self._index, self._phase, self._position = 0, 0, 0
        self._errors: list[dict[str, Any]] = []
        self._defects: list[Defect] = []
        self._passes = [self._fresh(entry) for entry in plan.passes]
        self._log: list[dict[str, Any]] = []
        self._told_at = self._told_bytes = 0.0

    def through(self, start: dict[str, Any], *, is_gone: Callable[[], bool]) -> str:
        """Go through every phase of every pass; "" or why it ended before."""
        try:
            self._begin(start)
            while self._index < len(self._plan.passes):
                self._sweep(is_gone)
                self._index, self._phase = (self._index, 1) if self._phase == 0 else (self._index + 1, 0)
                self._position = 0
        except Ended as why:
            return str(why)
        finally:
            self._surface.settle()
            self._tell()
        return ""

    def result(self, stopped: str) -> dict[str, Any]:
        """Give what was found, in the words of the real engine."""
        return {
            "engine": "stamped",
            "completed": stopped == "",
            "gave_up": stopped == "max_errors",
            "stopped": stopped,
            "run_stamp": self._plan.run_stamp,
            "size_bytes": self._plan.size,
            "logical_block": BLOCK,
            "direct": False,
            "cpu_seconds": round(time.process_time(), 2),
            "passes": self._passes,
            "error_count": len(self._errors),
            "errors": self._errors,
            "wraps_at_bytes": None,
            "sample_check": None,
            "position_log": self._log,
        }

    def _begin(self, start: dict[str, Any]) -> None:
        self._surface.settle()
        if not start:
            return
        self._index, self._position = start["pass"], start["position"]
        self._phase = PHASES.index(start["phase"])
        self._passes = start.get("passes") or self._passes
        self._errors = start.get("errors") or []
        end = self._plan.size if self._phase else self._position
        if self._index < len(self._plan.passes) and any(
            defect.kind == "corrupt" for defect in self._surface.defects(0, end, writing=False, pattern=self._content())
        ):
            raise Ended("sample_mismatch")

    def _sweep(self, is_gone: Callable[[], bool]) -> None:
        size, writing = self._plan.size, self._phase == 0
        entry = {"pass": self._index, "phase": PHASES[self._phase], "mbps": [None] * CELLS, "worst_ms": [None] * CELLS}
        self._log.append(entry)
        self._look(is_gone)
        self._pace.begin()
        spent, end = time_until(self._position / size), time_until(1.0)
        while self._position < size:
            before, began = self._position, time.monotonic()
            spent += self._pace.step(end - spent, slow=self._surface.slow)
            goal = size if spent >= end else min(size, int(place_after(spent) * size) // BLOCK * BLOCK)
            self._move(max(goal, before), writing=writing)
            seconds = time.monotonic() - began
            self._note(entry, before, seconds)
            self._count(PHASES[self._phase] + "_seconds", seconds)
            if time.monotonic() - self._told_at >= TOLD_EVERY_S:
                self._look(is_gone)
        self._look(is_gone)

    def _move(self, goal: int, *, writing: bool) -> None:
        start, bad = self._position, 0
        for defect in self._defects:
            first, last = max(defect.start, start) // BLOCK, -(-min(defect.end, goal) // BLOCK)
            for block in range(first, last):
                bad += BLOCK
                self._add(block, defect)
        if writing:
            self._surface.wrote(start, goal, self._content())
        else:
            self._surface.was_read(start, goal)
        self._count("bytes_written" if writing else "bytes_verified", goal - start - bad)
        self._position = goal

    def _add(self, block: int, defect: Defect) -> None:
        if any(error["block"] == block and error["pass"] == self._index for error in self._errors):
            return
        self._surface.failed(defect)
        kind = KINDS[defect.kind]
        found = "other content" if kind == "lost" else "Input/output error"
        where = {"pass": self._index, "phase": PHASES[self._phase]}
        self._errors.append({"block": block, "kind": kind, "found": found, **where})
        self._passes[self._index]["errors"] += 1
        if len(self._errors) >= self._plan.most_errors:
            raise Ended("max_errors")

    def _look(self, is_gone: Callable[[], bool]) -> None:
        """Hand over what happened, see what became of the drive meanwhile, and say how far this is."""
        self._surface.settle()
        if is_gone():
            raise Ended("device_gone")
        writing = self._phase == 0
        self._defects = self._surface.defects(0, self._plan.size, writing=writing, pattern=self._content())
        self._tell()

    def _tell(self) -> None:
        now, last = time.monotonic(), len(self._plan.passes) - 1
        over = self._index > last
        position = self._plan.size if over else self._position
        done = self._plan.size * (2 * self._index + self._phase) + (0 if over else self._position)
        rate = (done - self._told_bytes) / (now - self._told_at) if self._told_at else 0
        self._told_at, self._told_bytes = now, done
        checkpoint = self._checkpoint()
        progress = {
            "phase": PHASES[1 if over else self._phase],
            "pass": min(self._index, last),
            "pattern": self._plan.passes[min(self._index, last)]["kind"],
            "percent": round(100 * position / self._plan.size, 2),
            "position": position,
            "bytes_done": done,
            "bytes_total": 2 * self._plan.size * (last + 1),
            "errors": [sum(error["kind"] == kind for error in self._errors) for kind in KINDS.values()],
            "rate": round(rate),
            "elapsed_s": round(sum(one["write_seconds"] + one["verify_seconds"] for one in self._passes)),
            "completed": over,
            "checkpoint": checkpoint,
        }
        documents.write(self._folder / "checkpoint.json", checkpoint)
        documents.write(self._folder / "progress.json", {"progress": progress})

    def _checkpoint(self) -> dict[str, Any]:
        return {
            "pass": self._index,
            "phase": PHASES[self._phase],
            "position": self._position,
            "run_stamp": self._plan.run_stamp,
            "passes": self._passes,
            "errors": self._errors,
            "wraps_at_bytes": None,
            "at": time.time(),
        }

    def _content(self) -> str:
        entry = self._plan.passes[self._index]
        return "0x00" if entry["kind"] == "zero" else f"stamp {self._plan.run_stamp} {entry['number']}"

    def _count(self, name: str, more: float) -> None:
        self._passes[self._index][name] += more

    def _note(self, entry: dict[str, Any], before: int, seconds: float) -> None:
        mbps, worst = (self._position - before) / max(seconds, 1e-6) / 1e6, seconds * 1000
        first, last = before * CELLS // self._plan.size, -(-self._position * CELLS // self._plan.size)
        for cell in range(first, last):
            entry["mbps"][cell], entry["worst_ms"][cell] = round(mbps, 1), round(worst, 1)

    @staticmethod
    def _fresh(entry: dict[str, Any]) -> dict[str, Any]:
        counts = {"bytes_written": 0, "bytes_verified": 0, "errors": 0, "retried": 0}
        seconds = {"write_seconds": 0.0, "verify_seconds": 0.0}
        return {"kind": entry["kind"], "number": entry.get("number", 0), **counts, **seconds}
