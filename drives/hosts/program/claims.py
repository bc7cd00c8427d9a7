"""Who uses which disk of the machine. Each source fails on its own, and a failure is kept as a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterable, List, Sequence, Tuple

from drives.hosts.program import freebsd, linux_claims, linux_exports, tools
from drives.hosts.program.claim import Claim
from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine
from drives.hosts.program.reason import UNDETERMINED, Reason

Source = Tuple[str, Callable[[Machine], Iterable[Claim]]]

LINUX: Sequence[Source] = (
    ("the mounted file systems", linux_claims.mounted),
    ("the mounted Btrfs file systems", linux_claims.btrfs),
    ("the swap areas", linux_claims.swapped),
    ("the holders of the disks", linux_claims.held),
    ("the loop devices", linux_exports.looped),
    ("what is given to other machines", linux_exports.exported),
    ("the imported ZFS pools", linux_claims.zfs),
    ("the disks the system runs from", linux_claims.root),
)
FREEBSD: Sequence[Source] = (
    ("the mounted file systems", freebsd.mounted),
    ("the swap areas", freebsd.swapped),
    ("the mirrors", freebsd.held),
    ("the imported ZFS pools", freebsd.zfs),
)


@dataclass(frozen=True)
class Survey:
    """All claims on the machine's disks at one moment."""

    claims: Tuple[Claim, ...]
    failures: Tuple[str, ...]

    def reasons(self, disk: Disk) -> List[Reason]:
        """Why this disk must not be written to; what could not be read counts against every disk."""
        found: List[Reason] = []
        for claim in self.claims:
            if claim.hits(disk) and claim.reason not in found:
                found.append(claim.reason)
        return found + [Reason(UNDETERMINED, sentence) for sentence in self.failures]


def survey(machine: Machine) -> Survey:
    """Ask every source once."""
    claims: List[Claim] = []
    failures: List[str] = []
    for what, source in FREEBSD if machine.freebsd else LINUX:
        try:
            claims.extend(source(machine))
        except (OSError, ValueError, IndexError, tools.ToolError) as error:
            failures.append(f"It could not be determined what uses the disks: {what}: {error}.")
    return Survey(tuple(claims), tuple(failures))
