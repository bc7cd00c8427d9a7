"""Reading what the Linux kernel says."""

import os
import shutil

import pytest

from drives.hosts.program import kernel_disks, processes
from drives.hosts.program.disk import Disk
from drives.hosts.program.linux_claims import Mount, below, mount_tables, parse_mounts, pool_members
from drives.hosts.program.machine import Machine, unescape
from drives.tests.program.simulated_host import SimulatedHost


def test_it_reads_a_mount_table() -> None:
    table = "36 35 98:0 /mnt1 /mnt/my\\040disk rw,noatime master:1 - ext3 /dev/root\\011x rw,errors=continue\n"

    assert parse_mounts(table) == [Mount("98:0", "/dev/root\tx", "/mnt/my disk")]


def test_a_mount_line_without_optional_fields_is_read() -> None:
    assert parse_mounts("36 35 8:1 / / rw - xfs /dev/sda1 rw\n") == [Mount("8:1", "/dev/sda1", "/")]


@pytest.mark.parametrize("line", ["36 35 8:1 / /", "36 35 - ext4 x", "garbage"])
def test_a_mount_line_that_is_not_understood_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="not understood"):
        parse_mounts(line)


def test_the_real_machine_has_a_root_in_its_mount_tables() -> None:
    tables = list(mount_tables(Machine()))

    assert any(mount.target == "/" for table in tables for mount in parse_mounts(table))


def test_a_former_pool_member_is_no_member() -> None:
    text = "\t  /dev/sda1  ONLINE  0 0 0\n\t  987  UNAVAIL  0 0 0  was /dev/sdb1\n\tspares\n\t  /dev/sdc  AVAIL\n"

    assert pool_members(text) == ["/dev/sda1", "/dev/sdc"]


def test_it_looks_through_mappers_and_raids(host: SimulatedHost) -> None:
    host.put("sys/class/block/dm-0/slaves/md0/dev", "")
    host.put("sys/class/block/md0/slaves/sda1/dev", "")
    host.put("sys/class/block/md0/slaves/sdb1/dev", "")

    assert below(host.machine, "dm-0") == {"dm-0", "md0", "sda1", "sdb1"}


def test_a_disk_that_is_pulled_out_meanwhile_is_left_out_and_the_others_are_there(
    host: SimulatedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = sorted(disk.name for disk in kernel_disks.read_all(host.machine, []))
    read, folder = kernel_disks.read, host.root / "sys/block" / names[0]

    def pull_out(machine: Machine, name: str) -> Disk:
        if name == names[0]:
            shutil.rmtree(folder)
        return read(machine, name)

    monkeypatch.setattr(kernel_disks, "read", pull_out)
    assert [disk.name for disk in kernel_disks.read_all(host.machine, [])] == names[1:]


def test_a_disk_that_tells_nothing_of_its_size_is_not_just_left_out(host: SimulatedHost) -> None:
    (host.root / "sys/block/sda/size").unlink()
    with pytest.raises(FileNotFoundError):
        kernel_disks.read_all(host.machine, [])


def test_only_a_whole_disk_is_one(host: SimulatedHost) -> None:
    part = host.add_partition("sda")
    links = host.root / "sys/dev/block"
    links.mkdir(parents=True)
    (links / "8:0").symlink_to("../../block/sda")
    (links / "8:1").symlink_to(f"../../block/sda/{part}")

    assert kernel_disks.whole_disk_of(host.machine, "8:0") == "sda"
    assert kernel_disks.whole_disk_of(host.machine, "8:1") == ""
    assert kernel_disks.whole_disk_of(host.machine, "8:99") == ""


def test_octal_escapes_are_undone() -> None:
    assert unescape("a\\040b\\134c") == "a b\\c"


def test_a_process_name_may_hold_anything() -> None:
    line = "42 (bad) block) s) T 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 1 1"
    found = processes.parse_stat(line)

    assert (found.pid, found.state, found.session, found.started) == (42, "T", 42, "987654")


def test_a_process_is_known_by_number_and_start() -> None:
    me = processes.look(os.getpid())

    assert me is not None
    assert processes.look_again(me.pid, me.started) == me
    assert processes.look_again(me.pid, "1") is None
    assert processes.look_again(0, me.started) is None
