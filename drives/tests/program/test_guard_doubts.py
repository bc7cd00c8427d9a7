"""The guard refuses what a drive carries unless a person overrides it, and whatever it cannot determine."""

import struct

import pytest

from drives.tests.program.simulated_host import DISK_BYTES, SimulatedHost, refusal


@pytest.mark.parametrize(
    ("reported", "code"),
    [
        ("TYPE=ext4\nUSAGE=filesystem", "filesystem"),
        ("TYPE=zfs_member\nUSAGE=filesystem", "zfs_label"),
        ("TYPE=LVM2_member\nUSAGE=raid", "lvm_pv"),
        ("TYPE=linux_raid_member\nUSAGE=raid", "md_member"),
        ("PTTYPE=gpt\nPTUUID=1", "partition_table"),
        ("TYPE=crypto_LUKS\nUSAGE=crypto", "signature"),
        ("TYPE=never_heard_of_it\nUSAGE=other", "signature"),
    ],
)
def test_what_is_written_on_it_is_refused_unless_overridden(host: SimulatedHost, reported: str, code: str) -> None:
    host.tool("blkid", f"printf 'DEVNAME=x\\n{reported}\\n'".replace("\n", "\\n"))

    assert refusal(host)[0] == code
    accepted = host.launch("second", guard=host.guard(overrides=[code]))["run"]
    assert accepted["state"] in ("running", "exited")


def test_it_refuses_contradicting_signatures(host: SimulatedHost) -> None:
    host.tool("blkid", "exit 8")

    assert refusal(host)[0] == "signature"


def test_it_hears_wipefs_when_blkid_sees_nothing(host: SimulatedHost) -> None:
    host.tool("wipefs", """echo '{"signatures": [{"device": "sda", "type": "zfs_member"}]}'""")

    assert refusal(host)[0] == "zfs_label"


def test_it_looks_at_each_partition(host: SimulatedHost) -> None:
    host.add_partition("sda")
    host.tool("blkid", 'for last; do :; done; case "$last" in *sda1) echo TYPE=xfs; exit 0;; esac; exit 2')

    assert refusal(host, overrides=["partition_table"])[0] == "filesystem"


def test_hard_reasons_cannot_be_overridden(host: SimulatedHost) -> None:
    host.mount("8:0", "/dev/sda", "/mnt/tank")
    every_code = ["mounted", "busy", "undetermined", "filesystem", "partition_table", "signature"]

    assert refusal(host, overrides=every_code)[0] == "mounted"


def test_the_certain_reason_is_named_first(host: SimulatedHost) -> None:
    host.tool("blkid", "printf 'TYPE=ext4\\nUSAGE=filesystem\\n'")
    host.mount("8:0", "/dev/sda", "/mnt/tank")

    code, message = refusal(host)

    assert code == "mounted"
    assert "ext4" in message


@pytest.mark.parametrize(
    ("tool", "script"),
    [
        ("blkid", "echo 'blkid: error' >&2; exit 4"),
        ("blkid", "echo 'No such file or directory' >&2; exit 2"),
        ("wipefs", "exit 1"),
        ("wipefs", "echo '{broken'"),
        ("zpool", "echo 'permission denied' >&2; exit 1"),
    ],
)
def test_what_cannot_be_determined_is_a_refusal(host: SimulatedHost, tool: str, script: str) -> None:
    host.tool(tool, script)

    code, message = refusal(host, overrides=["undetermined"])

    assert code == "undetermined"
    assert tool in message


def test_a_mount_table_that_cannot_be_read_is_a_refusal(host: SimulatedHost) -> None:
    (host.root / "proc/1/mountinfo").unlink()

    assert refusal(host)[0] == "undetermined"


def test_a_mount_table_that_is_not_understood_is_a_refusal(host: SimulatedHost) -> None:
    host.put("proc/1/mountinfo", "something new\n")

    assert refusal(host)[0] == "undetermined"


def test_a_loaded_zfs_without_its_tool_is_a_refusal(host: SimulatedHost) -> None:
    (host.root / "sys/module/zfs").mkdir(parents=True)

    assert refusal(host)[0] == "undetermined"


def zfs_label(order: str = "<", *, uberblocks_only: bool = False) -> bytes:
    """A label as ZFS lays it down: the mark behind the description, and one uberblock."""
    label = bytearray(256 * 1024)
    if not uberblocks_only:
        label[128 * 1024 - 40 : 128 * 1024 - 32] = struct.pack(f"{order}Q", 0x0210DA7AB10C7A11)
    place = 128 * 1024 + 7 * 1024
    label[place : place + 8] = struct.pack(f"{order}Q", 0x00BAB10C)
    return bytes(label)


@pytest.mark.parametrize("place", [0, 256 * 1024, DISK_BYTES - 512 * 1024, DISK_BYTES - 256 * 1024])
@pytest.mark.parametrize("label", [zfs_label(), zfs_label(">"), zfs_label(uberblocks_only=True)])
def test_it_sees_each_copy_of_a_zfs_label_by_itself(host: SimulatedHost, place: int, label: bytes) -> None:
    with (host.root / "dev/sda").open("r+b") as disk:
        disk.seek(place)
        disk.write(label)

    assert refusal(host)[0] == "zfs_label"


def test_it_sees_a_zfs_label_on_a_partition(host: SimulatedHost) -> None:
    part = host.add_partition("sda")
    (host.root / "dev" / part).write_bytes(bytes(256 * 1024) + zfs_label() + bytes(1024 * 1024))

    assert refusal(host, overrides=["partition_table"])[0] == "zfs_label"


@pytest.mark.parametrize("pattern", [b"\xaa", b"\x55", b"\xff", b"\x00"])
def test_what_a_burn_in_leaves_is_no_label(host: SimulatedHost, pattern: bytes) -> None:
    (host.root / "dev/sda").write_bytes(pattern * DISK_BYTES)
    host.tool("badblocks", "exit 0")

    assert host.launch()["run"]["reason"] is None
