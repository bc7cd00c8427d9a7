"""The refuse list: every reason not to write to a disk, the certain ones first."""

from __future__ import annotations

from typing import Collection, List

from drives.hosts.program import freebsd, signatures
from drives.hosts.program.claims import Survey
from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine
from drives.hosts.program.reason import SOFT, Reason


def state_reasons(disk: Disk) -> List[Reason]:
    """What the kernel's own facts about a disk forbid."""
    found = []
    if disk.size_bytes == 0:
        found.append(Reason("size_zero", f"{disk.path} has the size 0."))
    if disk.read_only:
        found.append(Reason("read_only", f"{disk.path} is write-protected."))
    return found


def every_reason(machine: Machine, disk: Disk, survey: Survey) -> List[Reason]:
    """All reasons, also those that a person may override."""
    read = freebsd.signatures if machine.freebsd else signatures.read
    found = state_reasons(disk) + survey.reasons(disk)
    if disk.size_bytes:
        found += read(machine, disk)
    return sorted(found, key=lambda reason: reason.rank)


def refusals(machine: Machine, disk: Disk, survey: Survey, overrides: Collection[str]) -> List[Reason]:
    """The reasons that stand. Only soft ones can be overridden, whatever the request says."""
    allowed = SOFT.intersection(overrides)
    return [reason for reason in every_reason(machine, disk, survey) if reason.code not in allowed]
