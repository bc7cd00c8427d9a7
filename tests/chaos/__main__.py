"""`make chaos`: prints every blow as it falls, then the ledger. Exit code 1 when it is not exact."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from drives.hosts.program.run_dir import DEFAULT_BASE
from tests.chaos import ledger
from tests.chaos.blows import BLOWS
from tests.chaos.ledger import Drive
from tests.chaos.world import World, brought_up
from tests.chaos.writers import WriterWatch
from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until

RUNS = Path(DEFAULT_BASE, "runs")
SIZE = 64 * MIB
PASSES = {"classic": 8, "standard": 4}  # times that the whole drive is written or read
PAUSES_S = (2, 5, 10, 20)
RECOVERY_S = 600


def main() -> int:
    """Burn in six drives through the chaos; 0 when the ledger is exact."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--pg", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    parser.add_argument("--seed", type=int, default=None, help="the same blows in the same order once more")
    choices = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if choices.seed is None else choices.seed
    say(f"seed {seed}, {choices.minutes:g} minutes, {'PostgreSQL' if choices.pg else 'SQLite'}")
    with brought_up(on_postgres=choices.pg) as world:
        drives = six_drives(world.lab)
        with WriterWatch([drive.disk for drive in drives], RUNS) as watch:
            run(world, drives, random.Random(seed), choices.minutes * 60)  # noqa: S311 - dice, no secrets
        return report(world, ledger.mistakes(world, drives, watch), drives, watch)


def six_drives(lab: Lab) -> list[Drive]:
    """Return six drives of which it is known what a burn-in must say."""
    what = (
        ("healthy 1", "", "classic", "passed"),
        ("healthy 2", "", "standard", "passed"),
        ("healthy 3", "", "standard", "passed"),
        ("unreadable blocks", "eio-read", "classic", "failed"),
        ("unwritable blocks", "eio-write", "standard", "failed"),
        ("silently corrupted", "corrupt-write", "standard", "failed"),
    )
    drives = []
    for name, fault, plan, verdict in what:
        disk = lab.add_disk(SIZE)
        if fault:
            disk.fault(fault, SIZE // 2, 8192)
        drives.append(Drive(name, disk, plan, verdict))
    return drives


def run(world: World, drives: list[Drive], dice: random.Random, seconds: float) -> None:
    """Start the burn-ins so slow that they last as long as the blows, and strike until the time is over."""
    for drive in drives:
        drive.disk.limit(max(64 * 1024, int(SIZE * PASSES[drive.plan] / seconds)))
        world.bench.start(drive.disk, plan=drive.plan)
    begun = time.monotonic()
    names = sorted(BLOWS)
    order: list[str] = []
    while time.monotonic() - begun < seconds:
        time.sleep(dice.choice(PAUSES_S))
        if not order:  # each kind in turn, in an order of chance
            order = dice.sample(names, len(names))
        name = order.pop()
        say(f"{time.monotonic() - begun:7.1f} s  {name}: {BLOWS[name](world, dice)}")
        world.happened.append(name)
    say("no more blows; waiting for the verdicts")
    for drive in drives:
        drive.disk.limit(0)
    world.clock.set(0)
    wait_until(lambda: _all_over(world), "every burn-in is over", within_s=RECOVERY_S, every_s=2)


def _all_over(world: World) -> bool:
    return all(entry["state"] not in ("queued", "running") for entry in ledger.entries(world.product))


def report(world: World, mistakes: list[str], drives: list[Drive], watch: WriterWatch) -> int:
    """Print the ledger."""
    say("")
    for name, count in sorted(Counter(world.happened).items()):
        say(f"{count:4d} × {name}")
    for entry in ledger.entries(world.product):
        stages = ", ".join(f"{name} {state} (attempt {attempt})" for name, state, attempt in entry["stages"])
        what = next((drive.what for drive in drives if drive.disk.serial == entry["serial"]), "?")
        say(f"{what:20} {entry['state']:8} {stages} {entry['error']}")
    say(f"{watch.looks} looks at the drives, {len(watch.double)} with two writers")
    for mistake in mistakes:
        say(f"WRONG: {mistake}")
    say("The ledger is NOT exact." if mistakes else "The ledger is exact.")
    return 1 if mistakes else 0


def say(line: str) -> None:
    """Print at once: a chaos run is followed while it goes on."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
