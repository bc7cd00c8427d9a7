"""Something on the machine that uses a disk or a partition."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drives.hosts.program.disk import Disk
from drives.hosts.program.reason import Reason


@dataclass(frozen=True)
class Claim:
    """A reason, and the node it is about: by kernel name, by device number, or both."""

    reason: Reason
    node: str = ""
    number: str = ""

    def hits(self, disk: Disk) -> bool:
        if self.number and self.number in disk.numbers:
            return True
        return bool(self.node) and (self.node in disk.nodes or _part_of(self.node, disk.name))


def _part_of(node: str, disk: str) -> bool:
    """By the way partitions are named: sda1, nvme0n1p2, da0p3, ada1s1a."""
    between = "p" if disk[-1:].isdigit() else ""
    linux = re.fullmatch(re.escape(disk) + between + r"\d+", node)
    freebsd = re.fullmatch(re.escape(disk) + r"(p\d+|s\d+[a-h]?)", node)
    return bool(linux or freebsd)
