"""What TrueNAS calls things, from CORE 13 to 25.10. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from drives.hosts.edge import limits
from drives.hosts.edge.identities import with_sure_identity
from drives.hosts.edge.misfit import Misfit
from drives.hosts.edge.readers import listed, maybe, table, text, whole, word
from drives.hosts.ports import DiskInfo, InUse
from drives.hosts.program.identity import canonical_wwn

DEVNAME = word(r"[A-Za-z0-9!_.:/-]{1,64}", "device name")
DIGITS = 18


def _size(value: Any) -> int:
    """Read a size in bytes, which some versions write as text."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) <= DIGITS:
        return int(value)
    return int(whole()(value))


def _disk(value: Any) -> Any:
    row = ROW(value)
    if not row.get("devname") and not row.get("name"):
        raise Misfit("has no name")
    return row


ROW = table(
    optional={
        "devname": maybe(DEVNAME),
        "name": maybe(DEVNAME),
        "size": maybe(_size),
        "model": maybe(text(limits.NAME)),
        **dict.fromkeys(("serial", "lunid", "pool", "bus", "type"), maybe(text())),
        "identifier": maybe(text(limits.NAME)),
    }
)
DISKS = listed(_disk, limits.DRIVES)
NAMES = listed(text(64), limits.DRIVES)
INFO = table(optional={"version": maybe(text(limits.NAME))})
BUSES = {"ATA": "ATA", "AHCICH": "ATA", "NVME": "NVMe", "SCSI": "SCSI", "SAS": "SCSI"}


def disk_from(row: Mapping[str, Any], boot_disks: Iterable[str] = ()) -> DiskInfo:
    """Turn one row of `GET /disk` into a disk."""
    name = str(row.get("devname") or row.get("name") or "")
    disk = DiskInfo(
        devname=name.rpartition("/")[2],  # CORE says multipath/disk1
        serial=str(row.get("serial") or "").strip(),
        size_bytes=int(row.get("size") or 0),
        wwn=_wwn(row.get("lunid")),
        model=str(row.get("model") or "").strip()[:120],
        protocol=_protocol(row, name),
        rotational=_rotational(row),
        in_use=_in_use(row, name in set(boot_disks)),
        truenas_disk_id=str(row.get("identifier") or "")[:120],
    )
    return with_sure_identity(disk)


def system_from(info: Mapping[str, Any]) -> str:
    """Return what `GET /system/info` says the system is: "TrueNAS-13.3-U1.2"."""
    return str(info.get("version") or "TrueNAS")


def _wwn(lunid: object) -> str:
    return canonical_wwn(str(lunid or ""))


def _protocol(row: Mapping[str, Any], name: str) -> str:
    if name.startswith(("nvd", "nda", "nvme")):
        return "NVMe"
    return BUSES.get(str(row.get("bus") or "").upper(), "")


def _rotational(row: Mapping[str, Any]) -> bool | None:
    return {"HDD": True, "SSD": False}.get(str(row.get("type") or ""))


def _in_use(row: Mapping[str, Any], boots: bool) -> tuple[InUse, ...]:  # noqa: FBT001
    reasons = []
    if boots:
        reasons.append(InUse("root_disk", "TrueNAS boots from this disk."))
    if pool := row.get("pool"):  # only there when asked for with extra.pools: a missing one proves nothing
        reasons.append(InUse("zfs", f"Member of the pool {pool}."))
    return tuple(reasons)
