"""Before a run goes on: is what it wrote still there?"""

from __future__ import annotations

import random
from typing import List, Tuple

from drives.hosts.program.engines import stamped_state
from drives.hosts.program.engines.stamped_drive import StampedDrive
from drives.hosts.program.engines.stamped_findings import DEVICE_GONE, SAMPLE_MISMATCH, Stop
from drives.hosts.program.engines.stamped_naming import Naming
from drives.hosts.program.engines.stamped_plan import WRITE
from drives.hosts.program.engines.stamped_state import State
from drives.hosts.program.problem import Json

SAMPLES = 64


def sample(state: State, drive: StampedDrive, naming: Naming) -> Json:
    """Read random blocks of what was written, and compare them; nothing is written."""
    passes, places = _written(state)
    check = _Check(passes, state, drive, naming)
    wanted = random.sample(places, min(len(places), SAMPLES))
    for address in sorted(wanted):
        check.look_at(address)
    return check.as_json()


def refuse_strangers(check: Json) -> None:
    """Another drive, or somebody wrote to it: then whoever started the run must decide."""
    if check["mismatches"]:
        raise Stop(SAMPLE_MISMATCH)


def _written(state: State) -> Tuple[List[int], range]:
    """Blocks, and the passes of which one must be what they hold."""
    index, end = state.pass_index, state.size_bytes // state.block
    if state.phase != WRITE:
        return [index], range(end)
    # the last part of a head may not have reached the medium
    head = state.position - stamped_state.safety_margin(state.size_bytes)
    if head > 0:
        return [index], range(head // state.block)
    if index:  # some of this pass may be there, where it is not there is the pass before
        return [index, index - 1], range(end)
    return [index], range(state.position // state.block)


class _Check:
    """The blocks looked at, and which of them are not as they were left."""

    def __init__(self, passes: List[int], state: State, drive: StampedDrive, naming: Naming) -> None:
        self._passes = passes
        self._state = state
        self._drive = drive
        self._naming = naming
        self._checked = self._unreadable = 0
        self._mismatches: List[Json] = []

    def look_at(self, address: int) -> None:
        if any(self._state.findings.knows(index, address) for index in self._passes):
            return  # known to be bad
        try:
            found = self._drive.block_at(address)
        except OSError as error:
            if self._drive.is_gone(error):
                raise Stop(DEVICE_GONE) from error
            self._unreadable += 1
            return
        self._checked += 1
        if all(found != self._naming.content(index).block_at(address) for index in self._passes):
            self._mismatches.append({"block": address, **self._naming.name(self._passes[0], address, found)})

    def as_json(self) -> Json:
        return {"checked": self._checked, "unreadable": self._unreadable, "mismatches": self._mismatches}
