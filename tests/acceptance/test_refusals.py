"""The refusal matrix at the host: whatever a drive is used for, not one byte is written to it.

The kernel of a test machine often has no md, device mapper or ZFS. What these claim they claim as `held` does here (the
kernel knows one exclusive claim, whoever makes it); what they leave on a disk is laid down and read here.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from drives.hosts.errors import HostSaidNo
from drives.hosts.program.reason import SOFT
from tests.lab import uses
from tests.lab.disks import LabDisk
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.usage import held, make_fs, swap_on
from tests.product.guarded_host import GuardedHost

pytestmark = pytest.mark.lab
SIZE = 16 * MIB
EVERY_CODE = [*SOFT, "mounted", "swap", "held", "busy", "read_only", "root_disk", "undetermined"]
Use = Callable[[LabDisk, Path], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def host(lab: Lab) -> Iterator[GuardedHost]:
    """Yield the lab's host."""
    running = GuardedHost(lab)
    yield running
    running.close()


@contextmanager
def untouched(*disks: LabDisk) -> Iterator[None]:
    """See that the disks hold the same afterwards, and that not one byte was written in between."""
    subprocess.run(("sync",), check=True, timeout=60)
    for disk in disks:
        disk.reset_stats()
    before = [disk.checksum() for disk in disks]
    yield
    assert [disk.bytes_written() for disk in disks] == [0] * len(disks)
    assert [disk.checksum() for disk in disks] == before


@contextmanager
def mounted_whole(disk: LabDisk, at: Path) -> Iterator[None]:
    make_fs(disk.device)
    with uses.read_only_mount(disk.device, at):
        yield


@contextmanager
def mounted_elsewhere(disk: LabDisk, at: Path) -> Iterator[None]:
    make_fs(disk.device)
    with uses.private_mount(disk.device, at):
        yield


@contextmanager
def mounted_partition(disk: LabDisk, at: Path) -> Iterator[None]:
    with uses.partitioned(disk.device) as part:
        make_fs(part)
        with uses.read_only_mount(part, at):
            yield


@contextmanager
def held_partition(disk: LabDisk, _at: Path) -> Iterator[None]:
    with uses.partitioned(disk.device) as part, held(part):
        yield


@contextmanager
def held_whole(disk: LabDisk, _at: Path) -> Iterator[None]:
    with held(disk.device):
        yield


HARD: dict[str, tuple[Use, str]] = {
    "mounted whole disk": (mounted_whole, "mounted"),
    "mounted in another namespace": (mounted_elsewhere, "mounted"),
    "mounted partition": (mounted_partition, "mounted"),
    "swap": (lambda disk, _at: swap_on(disk.device), "swap"),
    "claimed (as md, dm, LVM and ZFS do)": (held_whole, "busy"),
    "partition claimed": (held_partition, "busy"),
    "below a loop device": (lambda disk, _at: uses.looped(disk.device), "held"),
    "open by another process": (lambda disk, _at: uses.opened(disk.device), "busy"),
}


@pytest.mark.parametrize("use", HARD)
def test_a_drive_in_use_is_refused_whatever_is_overridden(
    host: GuardedHost, lab_disk: DiskFactory, tmp_path: Path, use: str
) -> None:
    disk = lab_disk(SIZE)
    prepare, code = HARD[use]
    with prepare(disk, tmp_path / "mount"), untouched(disk):
        run = host.write_to(disk, overrides=EVERY_CODE)
    assert (run["state"], run["reason"]["code"]) == ("refused", code), run


def zfs_on_disk(disk: LabDisk) -> AbstractContextManager[None]:
    uses.write_zfs_labels(disk.device, disk.size)
    return nullcontext()


@contextmanager
def zfs_on_partition(disk: LabDisk) -> Iterator[None]:
    with uses.partitioned(disk.device) as part:
        uses.write_zfs_labels(part, 20480 * 512)
        yield


def written(write: Callable[[str], Any]) -> Callable[[LabDisk], AbstractContextManager[None]]:
    def prepare(disk: LabDisk) -> AbstractContextManager[None]:
        write(disk.device)
        return nullcontext()

    return prepare


STALE: dict[str, tuple[Callable[[LabDisk], AbstractContextManager[None]], str]] = {
    "ext4 unmounted": (written(make_fs), "filesystem"),
    "LVM inactive PV": (written(uses.make_physical_volume), "lvm_pv"),
    "md member, not assembled": (written(uses.write_raid_member), "md_member"),
    "ZFS labels on the disk": (zfs_on_disk, "zfs_label"),
    "ZFS labels on a partition": (zfs_on_partition, "zfs_label"),
}


@pytest.mark.parametrize("use", STALE)
def test_a_drive_that_still_carries_something_is_refused_unless_that_is_overridden(
    host: GuardedHost, lab_disk: DiskFactory, use: str
) -> None:
    disk = lab_disk(SIZE)
    prepare, code = STALE[use]
    others = sorted(SOFT - {code})
    with prepare(disk):
        with untouched(disk):
            assert host.write_to(disk)["reason"]["code"] in (code, "partition_table")
            run = host.write_to(disk, overrides=others)
        assert (run["state"], run["reason"]["code"]) == ("refused", code), run
        run = host.write_to(disk, overrides=[code, "partition_table"])
        assert (run["state"], run["exit_code"]) == ("exited", 0), run
    assert disk.bytes_written() >= disk.size


def test_a_read_only_drive_is_refused(host: GuardedHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE, read_only=True)
    with untouched(disk):
        assert host.write_to(disk, overrides=EVERY_CODE)["reason"]["code"] == "read_only"


def test_the_disk_this_machine_runs_from_is_known_as_that(host: GuardedHost) -> None:
    # nobody launches against the disk of the test machine: the same list of reasons is asked for
    root = subprocess.run(("findmnt", "-no", "SOURCE", "/"), capture_output=True, text=True, check=True).stdout.strip()
    found = {disk["path"]: {reason["code"] for reason in disk["in_use"]} for disk in host.program.inventory()["disks"]}
    if root not in found:
        pytest.skip(f"The root of this machine is {root}, which is no whole disk. Run it on one.")
    assert "root_disk" in found[root]


def test_two_drives_of_one_serial_number_are_both_refused(host: GuardedHost, lab_disk: DiskFactory) -> None:
    one, other = lab_disk(SIZE), lab_disk(SIZE)
    other.smart.update(serial=one.serial)
    with untouched(one, other):
        assert host.write_to(one)["reason"]["code"] == "duplicate_serial"


@pytest.mark.parametrize("change", [{"serial": "ANOTHER"}, {"wwn": "5000000000000001"}])
def test_a_drive_that_is_another_now_is_refused(
    host: GuardedHost, lab_disk: DiskFactory, change: dict[str, str]
) -> None:
    disk = lab_disk(SIZE)
    request = host.request(disk)
    disk.smart.update(**change)
    with untouched(disk):
        host.program.launch(**request)
        assert host.end(request["run_id"])["reason"]["code"] in ("drive_absent", "wrong_drive")


def test_a_second_run_is_refused_while_the_first_holds_the_drive(host: GuardedHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    disk.limit(256 * 1024)
    first = host.request(disk)
    assert host.program.launch(**first)["run"]["state"] == "running"
    run = host.write_to(disk)
    assert (run["state"], run["reason"]["code"]) == ("refused", "locked"), run
    tool = subprocess.run(("mkfs.ext4", "-q", "-F", disk.device), capture_output=True, text=True, check=False)
    assert tool.returncode != 0, "nobody makes a file system on it meanwhile"
    disk.limit(0)
    host.program.signal(run_id=first["run_id"], action="terminate")
    host.end(first["run_id"])


def age_permits(host: GuardedHost) -> None:
    """Turn the host's clock for its permits by eleven minutes."""
    for path in (host.base_dir / "permits").glob("*.open"):
        permit = json.loads(path.read_text())
        path.write_text(json.dumps({**permit, "at": permit["at"] - 660}))


def test_each_launch_needs_its_own_fresh_permit(host: GuardedHost, lab_disk: DiskFactory) -> None:
    disk = lab_disk(SIZE)
    request = host.request(disk)
    once = host.permit(request)
    other_plan = {**once["guard"], "plan": "p2"}
    with untouched(disk):
        assert refused(host, request) == "token_missing"
        assert refused(host, {**host.permit(request), "guard": other_plan}) == "token_mismatch"
        late = host.permit(request)
        age_permits(host)
        assert refused(host, late) == "token_expired"
        assert refused(host, once) == "token_expired", "every permit given before that has aged"
    good = host.permit(request)
    assert host.program.call("launch", timeout_s=40, **good)["run"]["reason"] is None
    assert host.end(request["run_id"])["exit_code"] == 0
    host.program.clean(run_id=request["run_id"])
    with untouched(disk):
        assert refused(host, good) == "token_reused"


def refused(host: GuardedHost, launch: dict[str, Any]) -> str:
    """Launch, and return the code of the refusal."""
    with pytest.raises(HostSaidNo) as refusal:
        host.program.call("launch", **launch)
    return str(refusal.value.detail["code"])
