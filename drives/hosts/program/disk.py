"""One whole disk as the kernel knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Tuple

from drives.hosts.program.identity import Identity


@dataclass(frozen=True)
class Disk:
    """A whole disk. `nodes` are the names of the disk and its partitions, `numbers` their device numbers."""

    name: str
    path: str
    size_bytes: int
    logical_block: int = 512
    physical_block: int = 512
    rotational: bool | None = None
    read_only: bool = False
    removable: bool = False
    identity: Identity = field(default_factory=Identity)
    nodes: Tuple[str, ...] = ()
    numbers: Tuple[str, ...] = ()

    @property
    def partitions(self) -> Tuple[str, ...]:
        return self.nodes[1:]

    @property
    def number(self) -> str:
        return self.numbers[0] if self.numbers else ""
