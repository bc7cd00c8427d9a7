"""Two sources for one TrueNAS host: the host-side program and TrueNAS's own list."""

from collections import Counter
from dataclasses import replace

from drives.hosts.errors import HostError
from drives.hosts.ports import DiskInfo, InUse, Inventory, InventoryReport

# TrueNAS knows its pools, not what is mounted, swapped on or held by something else.
NOT_ASKED = InUse("undetermined", "Whether it is in use is not known while SSH does not work.")


class BothInventories:
    """The program is the truth for what is there and in use; TrueNAS adds its ids, and the disks it alone knows."""

    def __init__(self, program: Inventory, truenas: Inventory) -> None:
        self._program = program
        self._truenas = truenas

    def read(self) -> InventoryReport:
        """Read both; one that fails costs a sentence.

        Raises the program's HostError when both fail, or when work on the host must stop.
        """
        try:
            seen = self._program.read()
        except HostError as error:
            return self._truenas_alone(error)
        try:
            listed = self._truenas.read()
        except HostError as error:
            return replace(seen, errors=(*seen.errors, str(error)))
        return merge(seen, listed)

    def _truenas_alone(self, error: HostError) -> InventoryReport:
        if error.stops_host or error.code == "simulation_mismatch":
            raise error
        try:
            listed = self._truenas.read()
        except HostError:
            raise error from None
        disks = tuple(replace(disk, in_use=(*disk.in_use, NOT_ASKED)) for disk in listed.disks)
        return replace(listed, disks=disks, errors=(str(error), *listed.errors))


def merge(seen: InventoryReport, listed: InventoryReport) -> InventoryReport:
    """Join both reports by serial number."""
    serials = Counter(disk.serial for disk in listed.disks if disk.serial)
    by_serial = {disk.serial: disk for disk in listed.disks if serials[disk.serial] == 1}
    known = {disk.serial for disk in seen.disks}
    only_listed = tuple(disk for disk in listed.disks if disk.serial and disk.serial not in known)
    return replace(
        seen,
        disks=(*(_joined(disk, by_serial.get(disk.serial)) for disk in seen.disks), *only_listed),
        system=listed.system or seen.system,
        errors=(*seen.errors, *listed.errors),
    )


def _joined(seen: DiskInfo, listed: DiskInfo | None) -> DiskInfo:
    if listed is None:
        return seen
    codes = {use.code for use in seen.in_use}
    also = tuple(use for use in listed.in_use if use.code not in codes)
    return replace(
        seen,
        truenas_disk_id=listed.truenas_disk_id,
        wwn=seen.wwn or listed.wwn,
        model=seen.model or listed.model,
        in_use=(*seen.in_use, *also),
    )
