"""The guard starts nothing on a drive that is in use, is another one, or cannot be judged."""

import pytest

from drives.tests.program.simulated_host import DISK_BYTES, SimulatedHost, refusal


def test_it_starts_on_a_free_drive(host: SimulatedHost) -> None:
    host.tool("badblocks", f'echo "$*" > {host.answers}/started')

    run = host.launch(guard=host.guard(wwn="5000c50000000001"))["run"]

    assert run["device"] == {
        "path": "/dev/sda",
        "rdev": "8:0",
        "identity": {
            "serial": "SERIAL-A",
            "wwn": "0x5000c50000000001",
            "model": "",
            "size_bytes": DISK_BYTES,
        },
    }
    host.wait_for("exited")
    assert (host.answers / "started").read_text() == "-X /dev/sda\n"


def test_it_refuses_a_serial_number_that_no_drive_has(host: SimulatedHost) -> None:
    code, message = refusal(host, serial="SERIAL-X")

    assert code == "drive_absent"
    assert "SERIAL-X" in message


def test_it_does_not_fall_back_to_the_device_name(host: SimulatedHost) -> None:
    assert refusal(host, serial="SERIAL-X", devname="sda")[0] == "drive_absent"


def test_it_refuses_a_serial_number_that_two_drives_have(host: SimulatedHost) -> None:
    host.tell("sdb", serial_number="SERIAL-A")

    code, message = refusal(host)

    assert code == "duplicate_serial"
    assert "/dev/sda" in message
    assert "/dev/sdb" in message


@pytest.mark.parametrize("size", [DISK_BYTES - 512, DISK_BYTES + 512, 0])
def test_it_refuses_another_size(host: SimulatedHost, size: int) -> None:
    assert refusal(host, size_bytes=size)[0] == "wrong_size"


def test_it_refuses_another_world_wide_name(host: SimulatedHost) -> None:
    assert refusal(host, wwn="0x5000c50000000002")[0] == "wrong_drive"


def test_it_refuses_a_drive_that_changes_its_name_between_the_looks(host: SimulatedHost) -> None:
    host.tool(
        "smartctl",
        f"""
case "$*" in *--scan*) echo '{{"devices": []}}'; exit 0;; esac
for last; do :; done
[ "$last" = /dev/sdb ] && exit 2
if mkdir {host.answers}/asked_once 2>/dev/null; then echo '{{"serial_number": "SERIAL-A"}}'
else echo '{{"serial_number": "SOMEBODY-ELSE"}}'; fi""",
    )

    assert refusal(host)[0] == "wrong_drive"


def test_it_refuses_a_write_protected_drive(host: SimulatedHost) -> None:
    host.put("sys/block/sda/ro", "1\n")

    assert refusal(host)[0] == "read_only"


def test_it_refuses_a_drive_without_a_size(host: SimulatedHost) -> None:
    host.put("sys/block/sda/size", "0\n")

    assert refusal(host)[0] == "size_zero"


def test_it_refuses_a_mounted_disk(host: SimulatedHost) -> None:
    host.mount("8:0", "/dev/sda", "/mnt/tank")

    code, message = refusal(host)

    assert code == "mounted"
    assert "/mnt/tank" in message


def test_it_refuses_a_disk_with_a_mounted_partition(host: SimulatedHost) -> None:
    host.add_partition("sda")
    host.mount("8:1", "/dev/disk/by-label/tank", "/mnt/tank")

    assert refusal(host, overrides=["partition_table"])[0] == "mounted"


def test_it_refuses_a_disk_the_system_runs_from(host: SimulatedHost) -> None:
    host.add_partition("sda")
    host.put("sys/class/block/md0/slaves/sda1/dev", "8:1\n")
    host.mount("9:0", "/dev/md0", "/")

    assert refusal(host, overrides=["partition_table"])[0] == "root_disk"


def test_it_refuses_a_disk_of_a_mounted_btrfs(host: SimulatedHost) -> None:
    host.put("sys/fs/btrfs/0000-1111/devices/sda/dev", "8:0\n")

    assert refusal(host)[0] == "mounted"


def test_it_refuses_swap_space(host: SimulatedHost) -> None:
    host.add_partition("sda")
    host.put("proc/swaps", "Filename Type Size Used Priority\n/dev/sda1 partition 2097148 0 -2\n")

    assert refusal(host, overrides=["partition_table"])[0] == "swap"


def test_it_refuses_a_disk_that_something_is_built_on(host: SimulatedHost) -> None:
    host.put("sys/block/sda/holders/dm-0/dm/name", "vg-lv\n")
    host.put("sys/block/dm-0/dm/name", "vg-lv\n")
    (host.root / "sys/block/dm-0/holders").mkdir()

    code, message = refusal(host)

    assert code == "held"
    assert "vg-lv" in message


def test_it_refuses_a_disk_whose_partition_something_is_built_on(host: SimulatedHost) -> None:
    part = host.add_partition("sda")
    (host.root / "sys/block/sda" / part / "holders/md127").mkdir()

    assert refusal(host, overrides=["partition_table"])[0] == "held"


def test_it_refuses_a_disk_below_a_loop_device(host: SimulatedHost) -> None:
    host.put("sys/block/loop7/loop/backing_file", "/dev/sda\n")
    (host.root / "sys/block/loop7/holders").mkdir()

    code, message = refusal(host)

    assert code == "held"
    assert "loop7" in message


@pytest.mark.parametrize(
    "place",
    ["nvmet/subsystems/nqn.1/namespaces/1/device_path", "target/core/iblock_0/disk0/udev_path"],
)
def test_it_refuses_a_disk_that_is_given_to_other_machines(host: SimulatedHost, place: str) -> None:
    host.add_partition("sda")
    host.put(f"sys/kernel/config/{place}", "/dev/sda1\n")

    assert refusal(host, overrides=["partition_table"])[0] == "held"


def test_it_refuses_a_member_of_an_imported_pool(host: SimulatedHost) -> None:
    host.add_partition("sda")
    host.tool(
        "zpool",
        """cat <<'END'
  pool: tank
 state: ONLINE
config:

\tNAME           STATE     READ WRITE CKSUM
\ttank           ONLINE       0     0     0
\t  mirror-0     ONLINE       0     0     0
\t    /dev/sda1  ONLINE       0     0     0
\t    123456789  UNAVAIL      0     0     0  was /dev/sdb1
END""",
    )

    assert refusal(host, overrides=["partition_table"])[0] == "zfs"
    assert host.launch("other", guard=host.guard("SERIAL-B"))["run"]["reason"] is None


def test_a_drive_held_by_another_run_is_refused(host: SimulatedHost) -> None:
    host.tool("badblocks", "sleep 60")
    host.launch("first")
    run = host.launch("second")["run"]

    assert run["state"] == "refused"
    assert run["reason"]["code"] == "locked"


def test_a_missing_engine_is_a_refusal(host: SimulatedHost) -> None:
    run = host.launch()["run"]

    assert (run["state"], run["reason"]["code"]) == ("refused", "engine_missing")


def test_a_tool_of_the_real_machine_is_no_engine_of_a_simulated_host(host: SimulatedHost) -> None:
    run = host.launch(argv=["cat", "{device}"])["run"]

    assert run["reason"]["code"] == "engine_missing"


def test_an_absolute_path_to_a_real_tool_is_no_way_around(host: SimulatedHost) -> None:
    run = host.launch(argv=["/bin/cat", "{device}"])["run"]

    assert run["reason"]["code"] == "engine_missing"
