"""Which drives a host has, and what uses them."""

from typing import Any

from drives.tests.program.simulated_host import DISK_BYTES, SimulatedHost


def inventory(host: SimulatedHost, **request: Any) -> dict[str, dict[str, Any]]:
    return {disk["devname"]: disk for disk in host.call("inventory", **request)["disks"]}


def codes(disk: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in disk["in_use"]]


def test_it_shows_a_free_drive(host: SimulatedHost) -> None:
    host.tell(
        "sda",
        serial_number="SERIAL-A",
        model_name="ST12000NM0008",
        wwn={"naa": 5, "oui": 0xC50, "id": 1},
        device={"protocol": "ATA"},
        rotation_rate=7200,
        temperature={"current": 31},
        smart_status={"passed": True},
    )

    assert inventory(host, smart=True)["sda"] == {
        "devname": "sda",
        "path": "/dev/sda",
        "size_bytes": DISK_BYTES,
        "serial": "SERIAL-A",
        "wwn": "0x5000c50000000001",
        "model": "ST12000NM0008",
        "protocol": "ATA",
        "rotational": True,
        "logical_block": 512,
        "physical_block": 512,
        "read_only": False,
        "removable": False,
        "temperature_c": 31,
        "smart_health": "PASSED",
        "in_use": [],
        "errors": [],
    }


def test_it_says_when_and_where_it_looked(host: SimulatedHost) -> None:
    answer = host.call("inventory")

    assert answer["boot_id"] == "boot-one"
    assert answer["system"] == "Linux"
    assert answer["simulated"] is True
    assert answer["errors"] == []
    assert answer["now"] > 1_600_000_000


def test_a_failing_drive_is_called_failed(host: SimulatedHost) -> None:
    host.tell("sda", serial_number="SERIAL-A", smart_status={"passed": False})

    assert inventory(host, smart=True)["sda"]["smart_health"] == "FAILED"


def test_it_asks_for_health_only_when_told(host: SimulatedHost) -> None:
    host.tell("sda", serial_number="SERIAL-A", smart_status={"passed": True}, temperature={"current": 31})

    shown = inventory(host)["sda"]

    assert (shown["smart_health"], shown["temperature_c"]) == ("", None)
    assert host.asked("sda") == ["--json=c -i /dev/sda"]


def test_it_skips_what_is_no_drive(host: SimulatedHost) -> None:
    for name in ("sr0", "zram0", "ram1", "loop0", "md127", "dm-0"):
        host.put(f"sys/block/{name}/size", "2048\n")
        host.put(f"sys/block/{name}/device/model", "x\n")
    host.put("sys/block/vdz/size", "2048\n")

    assert sorted(inventory(host)) == ["sda", "sdb"]


def test_it_shows_a_loop_device_that_smartctl_names(host: SimulatedHost) -> None:
    host.put("sys/block/loop7/size", "2048\n")
    (host.answers / "scan.json").write_text('{"devices": [{"name": "/dev/loop7"}, {"name": "/dev/bus/0"}]}')

    assert sorted(inventory(host)) == ["loop7", "sda", "sdb"]


def test_it_shows_the_namespace_of_a_controller_that_smartctl_names(host: SimulatedHost) -> None:
    host.put("sys/block/nvme0n1/size", "2048\n")
    host.put("sys/block/nvme0n1/device/serial", "NVME-1   \n")
    host.put("sys/block/nvme0n1/wwid", "eui.0025381234567890\n")
    (host.answers / "scan.json").write_text('{"devices": [{"name": "/dev/nvme0"}]}')

    shown = inventory(host)["nvme0n1"]

    assert (shown["serial"], shown["wwn"]) == ("NVME-1", "0x0025381234567890")


def test_the_hidden_paths_of_a_multipath_drive_are_no_drives(host: SimulatedHost) -> None:
    for name in ("nvme0n1", "nvme0c0n1"):
        host.put(f"sys/block/{name}/size", "2048\n")
        host.put(f"sys/block/{name}/device/serial", "NVME-1\n")
    host.put("sys/block/nvme0c0n1/hidden", "1\n")

    shown = inventory(host)

    assert "nvme0c0n1" not in shown
    assert "duplicate_serial" not in codes(shown["nvme0n1"])


def test_the_kernel_knows_a_drive_that_smartctl_cannot_read(host: SimulatedHost) -> None:
    (host.answers / "sda.json").unlink()
    (host.root / "sys/block/sda/device/vpd_pg80").write_bytes(b"\0\x80\0\x14        KERNEL-SERIAL")
    host.put("sys/block/sda/device/wwid", "naa.5000c500aaaaaaaa\n")
    host.put("sys/block/sda/device/vendor", "ATA     \n")
    host.put("sys/block/sda/device/model", "ST12000NM0008   \n")

    shown = inventory(host)["sda"]

    assert (shown["serial"], shown["wwn"]) == ("KERNEL-SERIAL", "0x5000c500aaaaaaaa")
    assert shown["model"] == "ST12000NM0008"
    assert "No such device" in shown["errors"][0]


def test_it_names_every_reason_the_hard_ones_first(host: SimulatedHost) -> None:
    host.add_partition("sda")
    host.tool("blkid", "printf 'TYPE=ext4\\nUSAGE=filesystem\\n'")
    host.mount("8:1", "/dev/sda1", "/mnt/tank")
    shown = inventory(host)

    assert codes(shown["sda"]) == ["mounted", "partition_table", "filesystem", "filesystem"]
    assert codes(shown["sdb"]) == ["filesystem"]


def test_two_drives_of_one_serial_number_are_not_free(host: SimulatedHost) -> None:
    host.tell("sdb", serial_number="SERIAL-A")
    shown = inventory(host)

    assert codes(shown["sda"]) == codes(shown["sdb"]) == ["duplicate_serial"]


def test_one_failing_source_neither_frees_a_drive_nor_hides_the_other_reasons(host: SimulatedHost) -> None:
    host.tool("zpool", "exit 1")
    host.mount("8:0", "/dev/sda", "/mnt/tank")
    answer = host.call("inventory")
    shown = {disk["devname"]: disk for disk in answer["disks"]}

    assert codes(shown["sda"]) == ["mounted", "undetermined"]
    assert codes(shown["sdb"]) == ["undetermined"]
    assert len(answer["errors"]) == 1
    assert "ZFS" in answer["errors"][0]


def test_without_smartctl_the_kernel_still_lists_the_drives(host: SimulatedHost) -> None:
    (host.bin / "smartctl").unlink()
    answer = host.call("inventory")

    assert [disk["devname"] for disk in answer["disks"]] == ["sda", "sdb"]
    assert "smartctl is not installed" in answer["errors"][0]
