"""burnin-stamped: what the host-side program's engine "stamped" is on a pretend host.

The real engine would have to write terabytes to find out that a pretend drive remembers them. So this command moves
over the surface as the simulated badblocks does, and leaves the same files in the run's folder as the real engine.
"""

import os
import signal
from pathlib import Path
from types import FrameType
from typing import Any

from mock_truenas.tools import devices
from mock_truenas.tools.stamped_run import Ended, Plan, StampedRun
from mock_truenas.tools.surface import Pace, Surface
from mock_truenas.world import documents
from mock_truenas.world.place import Place

EXIT_CODES = {"": 0, "max_errors": 0, "terminated": 143}


def run(place: Place, _name: str, words: list[str]) -> int:
    """Test a drive's surface as the request in the run's folder says."""
    path, folder = words[0], Path(words[1])
    drive, node = devices.find(place, path), devices.node_behind(place, path)
    if drive is None or node is None:
        return 1
    asked: dict[str, Any] = documents.read(folder / "request.json")["engine"]
    plan = Plan(asked["run_stamp"], tuple(asked["passes"]), asked["max_errors"], drive.model.size_bytes)
    surface = Surface(place, drive, os.open(node, os.O_RDWR))
    test = StampedRun(plan, surface, Pace(place, drive), folder)
    signal.signal(signal.SIGTERM, _end)
    stopped = test.through(asked.get("start") or {}, is_gone=lambda: devices.is_gone(place, drive))
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    documents.write(folder / "result.json", test.result(stopped))
    return EXIT_CODES.get(stopped, 1)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise Ended("terminated")
