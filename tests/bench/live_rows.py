"""(c) From a change on the host to the row on a websocket."""

from __future__ import annotations

import json
import signal
import threading
import time
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.bench.figures import Figure, percentile
from tests.lab.disks import LabDisk
from tests.lab.lab import MIB, Lab
from tests.lab.waiting import wait_until
from tests.product.badblocks_seen import is_halted, kill_badblocks
from tests.product.bench_host import BenchHost

DEVICES = 3
ROUNDS = 6


class Listener(threading.Thread):
    """A browser's end of the live table: notes when each drive's row first held a word."""

    def __init__(self, bench: BenchHost) -> None:
        super().__init__(daemon=True)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in bench.product.session.cookies)
        url = bench.product.url.replace("http", "ws", 1) + "/ws/live"
        origin = bench.product.url
        self._socket = connect(url, additional_headers={"Cookie": cookies, "Origin": origin})
        self.rows: list[tuple[float, str]] = []

    def run(self) -> None:
        """Take frames and acknowledge them until the server hangs up."""
        with suppress(ConnectionClosed):
            self._take_frames()

    def _take_frames(self) -> None:
        for text in self._socket:
            frame: dict[str, Any] = json.loads(text)
            now = time.time()
            for row in frame.get("rows", []):
                self.rows.append((now, json.dumps(row, ensure_ascii=False)))
            if "v" in frame:
                self._socket.send(json.dumps({"t": "ack", "v": frame["v"]}))

    def first(self, serial: str, since: float, *, paused: bool) -> float | None:
        """Return when a row of this drive first said that it is paused, or that it writes again."""
        for at, text in list(self.rows):
            if at >= since and serial in text and "Surface ·" in text and ("paused" in text) is paused:
                return at
        return None

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def measure(bench: BenchHost, lab: Lab) -> list[Figure]:
    """Return the median and the 95th percentile in seconds from a process that is halted on the host to its row."""
    listener = Listener(bench)
    listener.start()
    disks = [lab.add_disk(256 * MIB) for _ in range(DEVICES)]
    for disk in disks:
        disk.limit(8 * MIB)
    jobs = bench.start(*disks)
    for job in jobs:
        bench.wait_for_bytes(job, 0.001)
    delays = [_halt(disk, listener) for _ in range(ROUNDS) for disk in disks]
    listener.close()
    for job, disk in zip(jobs, disks, strict=True):
        disk.limit(0)
        bench.wait_for(job)
        lab.remove_disk(disk)
    name = f"of {len(delays)}, from a change on the host to the row on a websocket, s"
    return [
        Figure(f"(c) p50 {name}", percentile(delays, 0.5)),
        Figure(f"(c) p95 {name}", percentile(delays, 0.95), 2.0),
    ]


def _halt(disk: LabDisk, listener: Listener) -> float:
    """Halt badblocks for a moment; the seconds until the drive's row says so."""
    kill_badblocks(disk, signal.SIGSTOP)
    # A process in the middle of an I/O halts when that is done: the change is there when the kernel says so.
    wait_until(lambda: is_halted(disk), "badblocks is halted", within_s=15, every_s=0.005)
    since = time.time()
    seen = wait_until(lambda: listener.first(disk.serial, since, paused=True), "the row says paused", within_s=15)
    kill_badblocks(disk, signal.SIGCONT)
    moving = time.time()
    wait_until(lambda: listener.first(disk.serial, moving, paused=False), "the row moves again", within_s=15)
    assert seen is not None
    return seen - since
