"""What happens to a drive, its host or its tools in the middle of a burn-in. Each yields what it waits for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

from tests.lab import processes
from tests.lab.lab import MIB
from tests.product.badblocks_seen import badblocks_of
from tests.product.scenes import Condition, Scene, Story, now

SLOW = 2 * MIB  # bytes per second from the start of a burn-in until its story has had its turn
FAST = 32 * MIB  # badblocks must be seen at work; as fast as memory it would be over before
HOST_FULL = "the disk of the host is full"


def quiet(_scene: Scene) -> Iterator[Condition]:
    """Nothing happens."""
    yield from ()


def vanishes(scene: Scene) -> Iterator[Condition]:
    """It is pulled out, waited for, and put back."""
    yield scene.moved
    scene.disk.unplug()
    yield lambda: scene.says(f"Waiting for {scene.disk.serial}")
    assert scene.stage()["bad_blocks"] == 0, "what a vanishing drive reports is not held against it"
    scene.disk.limit(FAST)
    scene.disk.plug()


def hangs_a_while(scene: Scene) -> Iterator[Condition]:
    """It answers nothing for so long that its host was looked at, which it does not hold up; then it goes on."""
    yield scene.moved
    scene.disk.hang()
    since = now()
    scene.bench.product.post(f"/api/v1/hosts/{scene.bench.id}/refresh")
    yield lambda: scene.is_listed_since(since)
    assert scene.bench.row()["reachable"], scene.bench.row()
    assert scene.state == "running"
    scene.disk.limit(FAST)
    scene.disk.online()


def hangs_for_good(scene: Scene) -> Iterator[Condition]:
    """It never answers again: two hours pass."""
    yield scene.moved
    scene.disk.hang()
    yield scene.is_stuck
    scene.disk.limit(0)
    scene.disk.online()
    yield lambda: not processes.holders(scene.disk.device)


def never_advances(scene: Scene) -> Iterator[Condition]:
    """The drive's own test stays where it is: two hours pass, and the drive is told to end it."""
    yield lambda: scene.disk.smart.read()["running"]
    yield scene.is_stuck
    yield lambda: not scene.disk.smart.read()["running"]


def tool_is_killed(scene: Scene) -> Iterator[Condition]:
    """Kill -9 whatever works on it, once."""
    yield scene.moved
    yield lambda: kill_engine(scene)
    scene.disk.limit(FAST)


def tool_is_killed_each_time(scene: Scene) -> Iterator[Condition]:
    """Kill -9 whatever works on it, as soon as it is there."""
    while not scene.over():
        yield lambda: scene.over() or has_engine(scene)
        kill_engine(scene)
    scene.disk.limit(0)


def room_comes_back(scene: Scene) -> Iterator[Condition]:
    """The host's disk is full before it begins, and the burn-in says so until there is room again."""
    yield lambda: scene.says(HOST_FULL.replace("the", "The", 1))
    assert scene.disk.bytes_written() == 0
    scene.disk.limit(FAST)
    scene.bench.lab.room.free()


def host_is_full_meanwhile(scene: Scene) -> Iterator[Condition]:
    """The host's disk fills up while the engine works, and has room again when all that it had to do is done."""
    classic = scene.job.get("plan") == "classic"
    yield scene.moved
    scene.bench.lab.room.fill()
    yield lambda: HOST_FULL in scene.message()
    scene.disk.limit(FAST)
    if scene.disk.stats()["faults"]:
        yield lambda: scene.disk.stats()["read_errors"]
    else:
        yield lambda: scene.disk.stats()["bytes_read"] >= scene.disk.size * (1 if classic else 2)
    yield lambda: not classic or not badblocks_of(scene.disk)
    assert scene.state == "running", scene.sentence
    scene.bench.lab.room.free()


def is_of_20_tb(scene: Scene) -> Iterator[Condition]:
    """It begins rightly; nobody waits for its end here."""
    yield lambda: scene.moved(1e-7)
    if scene.job["plan"] == "classic":
        command = badblocks_of(scene.disk)
        assert command[command.index("-b") + 1] == "8192"
        assert command[-2:] == [str(scene.disk.size // 8192 - 1), "0"]
    assert scene.stage()["bytes_total"] == scene.disk.size * (8 if scene.job["plan"] == "classic" else 4)
    scene.post("cancel")
    yield lambda: scene.over() and not has_engine(scene)


def smart_says(**news: object) -> Story:
    """Return a story in which SMART says something else while the surface is tested."""

    def story(scene: Scene) -> Iterator[Condition]:
        yield scene.moved
        scene.disk.smart.update(**news)
        scene.disk.limit(FAST)

    return story


def attribute_falls(number: int, **parts: int) -> Story:
    """Return a story in which a SMART attribute changes while the surface is tested."""

    def story(scene: Scene) -> Iterator[Condition]:
        yield scene.moved
        scene.disk.smart.set_attribute(number, **parts)
        scene.disk.limit(FAST)

    return story


def has_engine(scene: Scene) -> bool:
    """Say whether an engine has the drive open: badblocks, or the host's program."""
    return any(processes.name(pid) in ("badblocks", "python3") for pid in processes.holders(scene.disk.device))


def kill_engine(scene: Scene) -> int:
    """Kill badblocks; or, of the own engine, keeper and engine at once. Return how many there were."""
    killed = 0
    engine = "badblocks" if scene.job["plan"] == "classic" else "python3"
    for pid in processes.holders(scene.disk.device):
        if processes.name(pid) == engine:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
    return killed
