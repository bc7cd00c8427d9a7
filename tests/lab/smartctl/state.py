"""What a lab disk tells about itself: one JSON file per disk, shared by smartctl and the tests."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

State = dict[str, Any]

DEFAULTS: State = {
    # what a test may change at any time
    "health": True,
    "temperature": 31,
    "power_on_hours": 100,
    "power_cycles": 21,
    "hours_per_real_hour": 1,
    # by number: parts that are other than usual, or null for an attribute that is not there
    "attributes": {},
    "ata_errors": 0,
    "grown_defects": 0,
    "link_errors": 0,
    "smart_supported": True,
    "smart_enabled": True,
    "standby": False,
    "gone": False,
    "delay_s": 0.0,
    # more bits of the exit status, whatever else is right
    "exit_bits": 0,
    # how long a self-test really takes, and how long the drive says it takes
    "seconds": {"short": 2.0, "extended": 4.0, "conveyance": 2.0},
    "minutes": {"short": 1, "extended": 2, "conveyance": 1},
    # by kind of test: a dict of result (see selftest.ENDINGS), percent and lba
    "results": {},
    # a self-test never gets further than this percentage
    "hold_percent": None,
    # a self-test is accepted, then nothing is ever seen of it (USB bridges do that)
    "drops_self_tests": False,
    "refuses_self_tests": False,
    # what happened to it
    "running": None,
    "log": [],
    "device": "",
}


class SmartState:
    """Read and change the state of one disk; changes of two processes do not get lost."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, order: Any, *, name: str, control: Path) -> None:
        """Write the state of a new disk as its order has it."""
        state = {
            **DEFAULTS,
            "disk": name,
            "control": str(control),
            "born": time.time(),
            "size_bytes": order.size,
            "firmware": "82.00A82",
        }
        for name_ in ("serial", "wwn", "model", "protocol", "rotation_rate"):
            state[name_] = getattr(order, name_)
        for name_ in ("logical_block", "physical_block"):
            state[name_] = getattr(order, name_)
        with self._locked():
            self._write(state)

    def read(self) -> State:
        """The state as it is."""
        state: State = json.loads(self.path.read_bytes())
        return state

    def update(self, **changes: Any) -> None:
        """Change some keys (see DEFAULTS)."""
        with self.changing() as state:
            unknown = changes.keys() - state.keys()
            if unknown:
                raise KeyError(f"No disk has {', '.join(sorted(unknown))}; see DEFAULTS.")
            state.update(changes)

    def set_attribute(self, number: int, **parts: int) -> None:
        """Override raw, value, worst or thresh of an attribute; without parts it is taken away."""
        with self.changing() as state:
            state["attributes"][str(number)] = parts or None

    def remove(self) -> None:
        """Forget the disk. Who is changing its state meanwhile must not bring it back."""
        with self._locked():
            self.path.unlink(missing_ok=True)

    @contextmanager
    def changing(self) -> Iterator[State]:
        """Hold the state, change it, and write it when all went well."""
        with self._locked():
            state = self.read()
            yield state
            self._write(state)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, state: State) -> None:
        fresh = Path(f"{self.path}.{os.getpid()}.new")
        fresh.write_text(json.dumps(state, indent=1), encoding="utf-8")
        fresh.replace(self.path)
