"""What is done to the product and its host. Each blow says what it hit, and mends what would not mend by itself."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress

import psutil
import psycopg

from tests.chaos.world import World

LOCKED_S = 20
JUMPS_S = (-1800, -60, 300, 7200)
Blow = Callable[[World, random.Random], str]


def kill_server(world: World, _dice: random.Random) -> str:
    """Kill -9 the web server."""
    return _kill(world, "manage.py serve")


def kill_scheduler(world: World, _dice: random.Random) -> str:
    """Kill -9 the scheduler, which observes all runs."""
    return _kill(world, "run_scheduler")


def kill_a_worker(world: World, dice: random.Random) -> str:
    """Kill -9 any one process of the Django-Q2 cluster: parent, sentinel, worker, monitor, pusher."""
    return _kill(world, "run_qcluster", only=dice)


def kill_sessions(world: World, _dice: random.Random) -> str:
    """Cut every ssh connection."""
    return f"{world.lab.sshd.kill_sessions()} sshd processes"


def restart_sshd(world: World, dice: random.Random) -> str:
    """Stop sshd for a while, with its sessions."""
    away_s = dice.choice((1, 5, 15))
    world.lab.sshd.stop()
    cut = world.lab.sshd.kill_sessions()
    time.sleep(away_s)
    world.lab.sshd.start()
    return f"away for {away_s} s, {cut} sessions cut"


def jump_clock(world: World, dice: random.Random) -> str:
    """Let the product's wall clock jump, forwards or backwards."""
    jump = dice.choice(JUMPS_S)
    world.clock.set(world.clock.offset_s + jump)
    return f"{jump:+d} s, now {world.clock.offset_s:+d} s"


def lock_database(world: World, _dice: random.Random) -> str:
    """Hold the database's write lock for 20 seconds: longer than any process waits for it."""
    if world.postgres:
        with psycopg.connect(world.postgres.url) as connection:
            connection.execute("LOCK TABLE jobs_burninjob, jobs_burninstage IN ACCESS EXCLUSIVE MODE")
            time.sleep(LOCKED_S)
        return f"both job tables, {LOCKED_S} s"
    path = world.product.directory / "app.db"
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(LOCKED_S)
        connection.execute("ROLLBACK")
    return f"{path.name}, {LOCKED_S} s"


BLOWS: dict[str, Blow] = {
    "kill -9 server": kill_server,
    "kill -9 scheduler": kill_scheduler,
    "kill -9 worker": kill_a_worker,
    "kill -9 ssh sessions": kill_sessions,
    "sshd restart": restart_sshd,
    "clock jump": jump_clock,
    "database locked": lock_database,
}


def _kill(world: World, word: str, *, only: random.Random | None = None) -> str:
    found = []
    for process in world.product.processes():
        with suppress(psutil.NoSuchProcess):
            if word in " ".join(process.cmdline()):
                found.append(process)
    if only and found:
        found = [only.choice(found)]
    killed = []
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
            killed.append(str(process.pid))
    return f"pid {', '.join(killed)}" if killed else "it was not there: still being restarted"
