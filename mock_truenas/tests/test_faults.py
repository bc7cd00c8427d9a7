"""Faults to order: each shows wherever the real one would."""

import pytest

from mock_truenas.tests.running_host import RunningHost
from mock_truenas.tests.waiting import wait_until


def order(host: RunningHost, drive: str, fault: str) -> None:
    host.post("/debug/fault", {"drive": drive, "fault": fault})


def test_smart_fail_fails_the_health_of_an_ata_drive(fresh_host: RunningHost) -> None:
    order(fresh_host, "sda", "smart_fail")

    found = fresh_host.smart("-a", "sda")

    assert found["smart_status"] == {"passed": False}
    assert found["smartctl"]["exit_status"] == 8 | 16
    failing = [row["id"] for row in found["ata_smart_attributes"]["table"] if row["when_failed"] == "now"]
    assert failing == [5]


def test_smart_fail_fails_the_health_of_a_sas_drive(fresh_host: RunningHost) -> None:
    order(fresh_host, "sdm", "smart_fail")

    found = fresh_host.smart("-a", "sdm")

    assert found["smart_status"]["passed"] is False
    assert found["smartctl"]["exit_status"] == 8


def test_a_hot_drive_has_sixty_degrees_on_both_faces(fresh_host: RunningHost) -> None:
    order(fresh_host, "sda", "hot")

    assert fresh_host.smart("-A", "sda")["temperature"]["current"] == 60
    assert fresh_host.get("/api/v2.0/disk", name="sda")[0]["temperature"] == 60


def test_a_vanished_drive_is_nowhere_and_comes_back(fresh_host: RunningHost) -> None:
    root = fresh_host.folder / "root"
    order(fresh_host, "sda", "vanish")

    assert not (root / "dev/sda").exists()
    assert not (root / "sys/block/sda").exists()
    assert fresh_host.get("/api/v2.0/disk", name="sda") == []
    assert fresh_host.run("smartctl -i /dev/sda").code == 2
    assert b"/dev/sda" not in fresh_host.run("smartctl --scan").out

    order(fresh_host, "sda", "clear")

    assert fresh_host.run("smartctl -i /dev/sda").code == 0
    assert (root / "sys/block/sda/device").is_dir()


def test_a_drive_that_vanishes_under_badblocks_is_bad_from_there_on(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 0.5})
    fresh_host.run("cd $HOME; badblocks -wsv -X -b 4096 -t 0xaa -e 100 /dev/sdi >out 2>err & echo $!")
    wait_until(lambda: b"Testing with" in fresh_host.run("cat $HOME/err").out, "the run to get going")

    order(fresh_host, "sdi", "vanish")

    wait_until(lambda: b"Pass completed" in fresh_host.run("cat $HOME/err").out, "the end")
    text = fresh_host.run("cat $HOME/err").out
    assert b"Too many bad blocks, aborting test" in text
    assert b"100 bad blocks found. (0/100/0 errors)" in text


def test_a_read_only_drive_says_so_and_takes_no_write(fresh_host: RunningHost) -> None:
    order(fresh_host, "sdi", "read_only")

    result = fresh_host.run("badblocks -wsv -X -b 4096 -t 0xaa -e 5 /dev/sdi")

    assert (fresh_host.folder / "root/sys/block/sdi/ro").read_text() == "1\n"
    assert fresh_host.run("lsblk -J -b -o NAME,RO /dev/sdi").json["blockdevices"][0]["ro"] is True
    assert b"(0/5/0 errors)" in result.err


def test_a_mounted_drive_is_refused_and_shows_its_file_system(fresh_host: RunningHost) -> None:
    order(fresh_host, "sdi", "mounted")

    refused = fresh_host.run("badblocks -wsv -X -b 4096 /dev/sdi")

    assert refused.code == 1
    assert refused.err == b"/dev/sdi is mounted; it's not safe to run badblocks!\n"
    table = (fresh_host.folder / "root/proc/1/mountinfo").read_text()
    assert " 8:128 / /mnt/sdi " in table
    assert fresh_host.run("findmnt -n -o TARGET -S /dev/sdi").out == b"/mnt/sdi\n"
    assert fresh_host.run("wipefs -J -n /dev/sdi").json["signatures"][0]["type"] == "ext4"
    assert b'TYPE="ext4"' in fresh_host.run("blkid -p /dev/sdi").out
    assert fresh_host.run("lsblk -J /dev/sdi").json["blockdevices"][0]["mountpoints"] == ["/mnt/sdi"]


def test_bad_blocks_spare_the_self_test_and_fail_the_surface(fresh_host: RunningHost) -> None:
    order(fresh_host, "sdi", "bad_blocks")
    fresh_host.run("smartctl -t short /dev/sdi")
    fresh_host.post("/debug/complete-all-jobs")

    assert fresh_host.run("smartctl -l selftest /dev/sdi").code == 0
    assert b"3 bad blocks found" in fresh_host.run("badblocks -wsv -X -b 4096 -t 0xaa /dev/sdi").err


def test_a_slow_drive_takes_longer(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 10})
    ask = "timeout --preserve-status 0.7 badblocks -sv -b 4096 /dev/sdi"
    assert b"Pass completed" in fresh_host.run(ask).err

    order(fresh_host, "sdi", "slow")

    assert b"Interrupted at block" in fresh_host.run(ask).err


@pytest.mark.parametrize("fault", ["hot", "smart_fail", "read_only", "mounted"])
def test_clear_takes_a_fault_away(fresh_host: RunningHost, fault: str) -> None:
    order(fresh_host, "sda", fault)
    assert fresh_host.get("/debug/state")["drives"]["sda"]["faults"] == [fault]

    order(fresh_host, "sda", "clear")

    assert fresh_host.get("/debug/state")["drives"]["sda"]["faults"] == []
    assert fresh_host.smart("-H", "sda")["smart_status"] == {"passed": True}
    assert (fresh_host.folder / "root/sys/block/sda/ro").read_text() == "0\n"
    assert "/mnt/sda" not in (fresh_host.folder / "root/proc/mounts").read_text()
