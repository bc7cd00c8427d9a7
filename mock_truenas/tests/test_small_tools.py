"""The small commands of the pretend host answer like the real ones on an empty host."""

import pytest

from mock_truenas.tests.running_host import RunningHost


@pytest.mark.parametrize(
    ("command", "code", "output"),
    [
        ("zpool status -LP", 0, b"no pools available\n"),
        ("zpool list -H -o name", 0, b""),
        ("zfs list -H", 0, b""),
        ("blkid -p -o export /dev/sda", 2, b""),
        ("blkid", 2, b""),
        ("swapon --show --noheadings", 0, b""),
        ("findmnt -n -S /dev/sda", 1, b""),
        ("findmnt -n -o SOURCE /", 0, b"overlay\n"),
        ("id -u", 0, b"0\n"),
        ("sudo -n id -un", 0, b"root\n"),
        ("sudo -n -- sh -c 'exit 5'", 5, b""),
        ("hostname", 0, b"mock-truenas\n"),
        ("wipefs -n /dev/sda", 0, b""),
    ],
)
def test_a_command_answers(host: RunningHost, command: str, code: int, output: bytes) -> None:
    result = host.run(command)

    assert (result.code, result.out) == (code, output)


def test_wipefs_lists_no_signatures(host: RunningHost) -> None:
    assert host.run("wipefs -n -J /dev/sda").json == {"signatures": []}


def test_lsblk_gives_what_is_asked_for_in_bytes(host: RunningHost) -> None:
    found = host.run("lsblk -J -b -d -o NAME,SIZE,SERIAL,WWN,TYPE,ROTA,LOG-SEC").json["blockdevices"]
    disks = host.get("/api/v2.0/disk")

    assert [(one["name"], one["size"], one["serial"]) for one in found] == [
        (disk["name"], disk["size"], disk["serial"]) for disk in disks
    ]
    assert found[0]["wwn"] == f"0x{disks[0]['lunid']}"
    assert (found[0]["type"], found[0]["rota"], found[0]["log-sec"]) == ("disk", True, 512)


def test_lsblk_refuses_what_is_no_drive(host: RunningHost) -> None:
    assert host.run("lsblk /dev/sdz").code == 32
