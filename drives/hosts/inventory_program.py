"""The inventory as the host-side program sees it."""

from collections.abc import Mapping
from typing import Any

from drives.hosts.edge import limits
from drives.hosts.edge.identities import with_sure_identity
from drives.hosts.ports import DiskInfo, InUse, InventoryReport
from drives.hosts.program_client import HostProgram


class ProgramInventory:
    """Reads disks through the host-side program; with `smart` also temperature and health."""

    def __init__(self, program: HostProgram, *, smart: bool) -> None:
        self._program = program
        self._smart = smart

    def read(self) -> InventoryReport:
        """Read all disks. Raises HostError."""
        return report_from(self._program.inventory(smart=self._smart))


def report_from(answer: Mapping[str, Any]) -> InventoryReport:
    """Turn the program's answer, which has been checked, into a report."""
    rows = answer.get("disks", ())
    errors = [*answer.get("errors", ()), *(sentence for row in rows for sentence in row.get("errors", ()))]
    return InventoryReport(
        disks=tuple(_disk(row) for row in rows),
        system=str(answer.get("system") or ""),
        boot_id=str(answer.get("boot_id") or ""),
        simulated=bool(answer.get("simulated")),
        errors=tuple(errors[: limits.SENTENCES]),
    )


def _disk(row: Mapping[str, Any]) -> DiskInfo:
    disk = DiskInfo(
        devname=row["devname"],
        serial=str(row.get("serial") or "").strip(),
        size_bytes=row["size_bytes"],
        wwn=str(row.get("wwn") or ""),
        model=str(row.get("model") or "").strip(),
        protocol=str(row.get("protocol") or ""),
        rotational=row.get("rotational"),
        logical_block=row.get("logical_block") or 512,
        physical_block=row.get("physical_block") or 512,
        read_only=bool(row.get("read_only")),
        temperature_c=row.get("temperature_c"),
        smart_health=str(row.get("smart_health") or ""),
        in_use=tuple(InUse(use["code"], use["message"]) for use in row.get("in_use", ())),
    )
    return with_sure_identity(disk)
