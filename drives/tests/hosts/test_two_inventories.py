"""A TrueNAS host with SSH: the host-side program and TrueNAS's list together."""

import pytest

from drives.hosts.errors import HostError, HostKeyChanged, HostUnreachable, SimulationMismatch
from drives.hosts.inventory_both import BothInventories
from drives.hosts.ports import DiskInfo, InUse, InventoryReport

SEEN = DiskInfo("sda", "A", 100, wwn="0x5000c500c0ffee01", in_use=(InUse("mounted", "Mounted at /mnt."),))
LISTED = DiskInfo("sdz", "A", 100, in_use=(InUse("zfs", "Member of the pool tank."),), truenas_disk_id="{serial}A")
ONLY_LISTED = DiskInfo("sdb", "B", 200, truenas_disk_id="{serial}B")


class Source:
    def __init__(self, answer: InventoryReport | HostError) -> None:
        self.answer = answer
        self.was_asked = False

    def read(self) -> InventoryReport:
        self.was_asked = True
        if isinstance(self.answer, HostError):
            raise self.answer
        return self.answer


def both(program: InventoryReport | HostError, truenas: InventoryReport | HostError) -> InventoryReport:
    return BothInventories(Source(program), Source(truenas)).read()


def test_the_program_is_the_truth_and_truenas_adds_to_it() -> None:
    seen = InventoryReport((SEEN,), system="Linux", boot_id="b1")
    report = both(seen, InventoryReport((LISTED, ONLY_LISTED), system="TrueNAS-25.10"))
    disk, other = report.disks
    assert (disk.devname, disk.wwn, disk.truenas_disk_id) == ("sda", "0x5000c500c0ffee01", "{serial}A")
    assert [use.code for use in disk.in_use] == ["mounted", "zfs"]
    assert other.serial == "B"
    assert (report.system, report.boot_id) == ("TrueNAS-25.10", "b1")


def test_a_serial_that_truenas_lists_twice_gives_no_id() -> None:
    report = both(InventoryReport((SEEN,)), InventoryReport((LISTED, LISTED)))
    assert report.disks[0].truenas_disk_id == ""


def test_a_failing_truenas_does_not_lose_the_programs_answer() -> None:
    report = both(InventoryReport((SEEN,)), HostUnreachable("TrueNAS on nas-1 cannot be reached."))
    assert report.disks == (SEEN,)
    assert report.errors == ("TrueNAS on nas-1 cannot be reached.",)


def test_a_failing_program_leaves_truenas_list_but_nothing_counts_as_free() -> None:
    report = both(HostUnreachable("nas-1 cannot be reached."), InventoryReport((ONLY_LISTED,)))
    (disk,) = report.disks
    assert (disk.serial, [use.code for use in disk.in_use]) == ("B", ["undetermined"])
    assert report.errors == ("nas-1 cannot be reached.",)


def test_when_both_fail_the_programs_reason_counts() -> None:
    with pytest.raises(HostUnreachable, match="by SSH"):
        both(HostUnreachable("nas-1 cannot be reached by SSH."), HostUnreachable("TrueNAS is away."))


@pytest.mark.parametrize("reason", [HostKeyChanged("Another key."), SimulationMismatch("Not simulated.")])
def test_what_must_stop_the_host_is_not_papered_over(reason: HostError) -> None:
    truenas = Source(InventoryReport((ONLY_LISTED,)))
    with pytest.raises(type(reason)):
        BothInventories(Source(reason), truenas).read()
    assert not truenas.was_asked
