"""The two phases of a pass: lay it down, and see that it is there."""

from __future__ import annotations

from abc import abstractmethod
from typing import Callable

from drives.hosts.program.engines.stamped_drive import StampedDrive
from drives.hosts.program.engines.stamped_findings import (
    DEVICE_GONE,
    UNFLUSHED,
    UNREADABLE,
    UNWRITABLE,
    Stop,
)
from drives.hosts.program.engines.stamped_naming import FOREIGN, Naming
from drives.hosts.program.engines.stamped_narrow import differing, failing
from drives.hosts.program.engines.stamped_pumps import Station, Transfer, Work
from drives.hosts.program.engines.stamped_state import State
from drives.hosts.program.engines.stamped_wrap import wraps_at
from drives.hosts.program.problem import Json


class Phase(Work):
    """What both phases share: naming bad blocks, and giving up on a drive that is gone."""

    def __init__(self, state: State, drive: StampedDrive, naming: Naming, pulse: Callable[[], None]) -> None:
        self.state = state
        self.drive = drive
        self.naming = naming
        self.pulse = pulse
        self.index = state.pass_index
        self.content = naming.content(self.index)

    @abstractmethod
    def begin(self, station: Station) -> None:
        """Make memory ready for this phase."""

    @abstractmethod
    def settle(self, transfer: Transfer) -> None:
        """Draw the conclusions from a transfer that is done, in the order of their places."""

    def finish(self) -> None:
        """The phase ends, by itself or for too many errors."""

    def _narrow(self, transfer: Transfer, kind: str) -> int:
        """Name the blocks of a failed transfer; how many bytes of it failed for good."""
        mark, lost = list(self.state.findings.kept), 0

        def again(offset: int, length: int) -> None:
            self.pulse()  # a failing drive may take minutes for one transfer
            start = offset - transfer.offset
            self.access(transfer.view[start : start + length], offset)

        for offset, length, error in failing(again, transfer.offset, transfer.length, self.drive.block):
            if self.drive.is_gone(error):
                self.state.findings.keep_only(mark)
                raise Stop(DEVICE_GONE)
            lost += length
            self._failed(transfer, offset, length)
            self._add(offset // self.drive.block, {"kind": kind, "found": _name_of(error)})
        self.state.tally.retried += not lost
        return lost

    def _failed(self, transfer: Transfer, offset: int, length: int) -> None:
        """A block of this transfer failed for good."""

    def _add(self, block: int | None, finding: Json) -> None:
        if not self.state.findings.knows(self.index, block):
            known = {"block": block, "pass": self.index, "phase": self.state.phase}
            self.state.findings.add({**known, **finding})


class WritePhase(Phase):
    """Write every block, then have it on the medium."""

    def begin(self, station: Station) -> None:
        self.content.lay_out(station.buffer)

    def prepare(self, transfer: Transfer) -> None:
        self.content.stamp(transfer.station.buffer, transfer.offset, transfer.length)

    def access(self, view: memoryview, offset: int) -> None:
        self.drive.take(view, offset)

    def check(self, _transfer: Transfer) -> bool:
        return True

    def settle(self, transfer: Transfer) -> None:
        lost = self._narrow(transfer, UNWRITABLE) if transfer.error else 0
        self.state.tally.bytes_written += transfer.length - lost

    def finish(self) -> None:
        if self._flush_error() is None:
            return
        error = self._flush_error()  # like any other access: what works the second time proves itself when it is read
        if error is None:
            self.state.tally.retried += 1
        else:
            self._add(None, {"kind": UNFLUSHED, "found": _name_of(error)})

    def _flush_error(self) -> OSError | None:
        try:
            self.drive.flush()
        except OSError as error:
            if self.drive.is_gone(error):
                raise Stop(DEVICE_GONE) from error
            return error
        return None


class VerifyPhase(Phase):
    """Read every block and compare it with what was written."""

    def begin(self, station: Station) -> None:
        self.content.lay_out(station.expected)

    def prepare(self, transfer: Transfer) -> None:
        self.content.stamp(transfer.station.expected, transfer.offset, transfer.length)

    def access(self, view: memoryview, offset: int) -> None:
        self.drive.fill(view, offset)

    def check(self, transfer: Transfer) -> bool:
        return not transfer.station.expected.differs(transfer.station.buffer, transfer.length)

    def settle(self, transfer: Transfer) -> None:
        bad = self._narrow(transfer, UNREADABLE) if transfer.error else 0
        if not transfer.as_it_should and not self.check(transfer):
            bad += self._name_blocks(transfer)
        self.state.tally.bytes_verified += transfer.length - bad

    def finish(self) -> None:
        found = [one for one in self.state.findings.of_pass(self.index) if one["kind"] == FOREIGN]
        blocks = wraps_at(found, self._address_in, self.naming.blocks)
        if blocks is not None:
            self.state.wraps_at_bytes = blocks * self.drive.block

    def _failed(self, transfer: Transfer, offset: int, length: int) -> None:
        """What cannot be read is named already: let it not differ as well."""
        start = offset - transfer.offset
        transfer.view[start : start + length] = transfer.station.expected.view[start : start + length]

    def _name_blocks(self, transfer: Transfer) -> int:
        bad, block = 0, self.drive.block
        expected = transfer.station.expected.view[: transfer.length]
        for start, length in differing(transfer.view, expected, block):
            bad += length
            address = (transfer.offset + start) // block
            found = transfer.view[start : start + length].tobytes()
            self._add(address, self.naming.name(self.index, address, found))
        return bad

    def _address_in(self, address: int) -> int | None:
        try:
            return self.naming.address_in(self.index, self.drive.block_at(address))
        except OSError:
            return None


def _name_of(error: OSError) -> str:
    return error.strerror or str(error)
