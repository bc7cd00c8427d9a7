"""Why a disk must not be written to."""

from __future__ import annotations

from dataclasses import dataclass

from drives.hosts.program.problem import Json

UNDETERMINED = "undetermined"
SOFT = frozenset(("partition_table", "filesystem", "zfs_label", "lvm_pv", "md_member", "signature"))


@dataclass(frozen=True)
class Reason:
    """A code for the product and a sentence for a person."""

    code: str
    message: str

    @property
    def rank(self) -> int:
        """What is certain and final comes first, what a person may override comes last."""
        if self.code in SOFT:
            return 2
        return 1 if self.code == UNDETERMINED else 0

    def as_json(self) -> Json:
        return {"code": self.code, "message": self.message}
