"""One run of the simulated badblocks: its passes, its numbers and, byte for byte, its words."""

import contextlib
import os
import time
from typing import NamedTuple

from mock_truenas.tools.surface import Defect, Pace, Surface, place_after, time_until

DONE = "done" + " " * 49 + "\n"
STATUS_EVERY_S = 1.0
MOST_BAD_PER_STEP = 5000
KINDS = ("read", "write", "corrupt")


class Request(NamedTuple):
    """What badblocks was asked to do."""

    writing: bool
    show: bool
    verbose: bool
    block: int
    at_once: int
    most_bad: int
    clean_passes: int
    patterns: tuple[str, ...]
    blocks: int
    first: int
    last: int


class Run:
    """Walks over the drive and says so."""

    def __init__(self, request: Request, surface: Surface, pace: Pace, numbers: int) -> None:
        self._asked = request
        self._surface = surface
        self._pace = pace
        self._numbers = numbers
        self._started = time.time()
        self._current = request.first
        self._known: set[int] = set()
        self._found = 0
        self._errors = dict.fromkeys(KINDS, 0)
        self._defects: list[Defect] = []
        self._said_at = 0.0

    def all_passes(self) -> None:
        """Test until done; with -p until that many passes in a row found nothing new."""
        clean = 0
        while True:
            self._found = 0
            self._one_pass()
            self._surface.settle()
            if self._asked.verbose:
                self._say(f"Pass completed, {self._found} bad blocks found. {self._counts()}\n")
            clean = 0 if self._found else clean + 1
            if clean >= self._asked.clean_passes:
                return

    def say_where_it_stopped(self) -> None:
        """Print the block a signal caught the run at."""
        self._surface.settle()
        with contextlib.suppress(BrokenPipeError):
            self._say(f"\n\nInterrupted at block {self._current}\n")

    def _one_pass(self) -> None:
        asked = self._asked
        if asked.writing:
            self._verbose("Checking for bad blocks in read-write mode\n")
            self._verbose(f"From block {asked.first} to {asked.last}\n")
            for pattern in asked.patterns:
                self._sweep(_title(pattern), pattern=pattern, writing=True, total=asked.last)
                self._sweep("Reading and comparing: ", pattern=pattern, total=asked.last + 1)
            return
        self._verbose(f"Checking blocks {asked.first} to {asked.last}\n")
        if asked.patterns:
            self._say("Checking for bad blocks in read-only mode\n")
            self._sweep(_title(asked.patterns[0]), pattern=asked.patterns[0], total=asked.last)
        else:
            title = "Checking for bad blocks (read-only test): "
            self._sweep(title, pattern="", total=asked.last)

    def _sweep(self, title: str, *, pattern: str, total: int, writing: bool = False) -> None:
        asked = self._asked
        self._say_if_shown(title)
        self._current = asked.first
        self._tick(total, pattern=pattern, writing=writing)
        self._pace.begin()
        spent = time_until(min(1.0, asked.first / asked.blocks))
        end = time_until(min(1.0, (asked.last + 1) / asked.blocks))
        while self._current <= asked.last:
            if asked.most_bad and self._found >= asked.most_bad:
                self._say_if_shown("Too many bad blocks, aborting test\n")
                break
            spent += self._pace.step(end - spent, slow=self._surface.slow)
            goal = asked.last + 1
            if spent < end:
                goal = min(goal, int(place_after(spent) * asked.blocks))
            self._move(max(goal, self._current), pattern=pattern, writing=writing)
            if time.monotonic() - self._said_at >= STATUS_EVERY_S:
                self._tick(total, pattern=pattern, writing=writing)
        self._surface.settle()
        self._say_if_shown(DONE)

    def _move(self, goal: int, *, pattern: str, writing: bool) -> None:
        start, size = self._current, self._asked.block
        reached = self._report(start, goal, shifted=self._asked.writing)
        if writing:
            self._surface.wrote(start * size, reached * size, pattern)
        else:
            self._surface.was_read(start * size, reached * size)
        self._current = reached

    def _report(self, start: int, goal: int, *, shifted: bool) -> int:
        """Print what is bad between the blocks; give how far it came before it had printed enough."""
        said = 0
        for defect in self._defects:
            first, last = defect.start // self._asked.block, -(-defect.end // self._asked.block)
            for block in range(max(first, start), min(last, goal)):
                # badblocks -w numbers a wrong content too high by the blocks it read at once
                off = self._asked.at_once if shifted and defect.kind == "corrupt" else 0
                self._bad(block + off, defect)
                said += 1
                if said >= MOST_BAD_PER_STEP or 0 < self._asked.most_bad <= self._found:
                    return block + 1
        return goal

    def _bad(self, number: int, defect: Defect) -> None:
        if number in self._known:
            return
        self._known.add(number)
        self._found += 1
        self._errors[defect.kind] += 1
        self._surface.failed(defect)
        os.write(self._numbers, b"%d\n" % number)

    def _tick(self, total: int, *, pattern: str, writing: bool) -> None:
        self._surface.settle()
        size = self._asked.block
        start, end = self._asked.first * size, (self._asked.last + 1) * size
        self._defects = self._surface.defects(start, end, writing=writing, pattern=pattern)
        self._said_at = time.monotonic()
        if self._asked.show:
            share = 100.0 if self._current >= total > 0 else 100.0 * self._current / max(1, total)
            line = f"{share:6.2f}% done, {self._elapsed()} elapsed. {self._counts()}"
            self._say(line + "\b" * len(line))

    def _counts(self) -> str:
        return "({read}/{write}/{corrupt} errors)".format(**self._errors)

    def _elapsed(self) -> str:
        minutes, seconds = divmod(int(time.time() - self._started), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def _say_if_shown(self, text: str) -> None:
        if self._asked.show or self._asked.verbose:
            self._say(text)

    def _verbose(self, text: str) -> None:
        if self._asked.verbose:
            self._say(text)

    def _say(self, text: str) -> None:
        os.write(2, text.encode())


def _title(pattern: str) -> str:
    if pattern == "random":
        return "Testing with random pattern: "
    return f"Testing with pattern {pattern}: "
