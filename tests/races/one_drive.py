"""Twenty threads start, try again, move and launch burn-ins of one drive that has two rows.

Not a test: `manage.py shell` runs `main` in a process of its own, on the database of its environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial

from drives.models import Drive
from tests.races.world import Pair, World, at_once, report

Deeds = list[Callable[[], None]]
VIEWS = ("two host rows", "two paths of one host", "no WWN in one view")
ROUNDS = 2


def main() -> None:
    """Run every race, and print what is true after each."""
    world, found = World(), []
    for view in VIEWS:
        for race in (start, retry, move, launch, everything):
            for number in range(ROUNDS):
                pair = world.pair(view)
                broken = at_once(race(world, pair))
                broken += at_once(_times(4, partial(world.work, pair.serial)))
                found.append({"view": view, "race": race.__name__, "round": number, **report(world, pair, broken)})
    sys.stdout.write(json.dumps(found) + "\n")


def start(world: World, pair: Pair) -> Deeds:
    """Start on both rows, while their hosts are looked at."""
    return _starts(world, pair, 9) + _times(2, partial(world.look, pair))


def retry(world: World, pair: Pair) -> Deeds:
    """Try an ended one again, and start on both rows."""
    return _times(8, partial(world.retry, world.ended(pair.one))) + _starts(world, pair, 6)


def move(world: World, pair: Pair) -> Deeds:
    """Move a running one to the other row, and start on both."""
    job = world.running(pair.one)
    Drive.objects.filter(pk=pair.one.pk).update(present=False)
    return _times(8, partial(world.move, job, pair.other)) + _starts(world, pair, 6)


def launch(world: World, pair: Pair) -> Deeds:
    """Be fourteen workers for a queued one, and start on both rows."""
    world.start(pair.one)
    return _times(14, partial(world.work, pair.serial)) + _starts(world, pair, 3)


def everything(world: World, pair: Pair) -> Deeds:
    """All of it: whichever comes first."""
    job = world.ended(pair.one)
    deeds: Deeds = [partial(world.retry, job), partial(world.move, job, pair.other)] * 4
    return deeds + _starts(world, pair, 3) + _times(6, partial(world.work, pair.serial))


def _starts(world: World, pair: Pair, times: int) -> Deeds:
    starts: Deeds = [partial(world.start, row) for row in (pair.one, pair.other)]
    return starts * times


def _times(times: int, deed: Callable[[], None]) -> Deeds:
    return [deed] * times
