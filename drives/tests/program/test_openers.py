"""Whoever has a disk open is found, whether he claims it or not."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from drives.hosts.program import contention, linux_openers
from drives.hosts.program.disk import Disk
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Problem

DISK = Disk(name="sda", path="/dev/sda", size_bytes=1, numbers=("8:0",))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """Yield a file and the process that has it open."""
    path = tmp_path / "disk"
    path.touch()
    script = "import sys; stream = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        (sys.executable, "-c", script, str(path)), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        yield path, holder.pid
        holder.kill()


def is_file(path: Path) -> Callable[[os.stat_result], bool]:
    wanted = path.stat()
    return lambda status: (status.st_dev, status.st_ino) == (wanted.st_dev, wanted.st_ino)


def test_another_process_is_found_by_number_and_name(opened: tuple[Path, int]) -> None:
    path, pid = opened
    found = dict(linux_openers.openers(is_file(path), of_interest=lambda *told: told[-1] == str(path)))
    assert set(found) == {pid}
    assert found[pid].startswith("python")


def test_the_guard_itself_is_not_in_its_own_way(tmp_path: Path) -> None:
    path = tmp_path / "disk"
    with path.open("w"):
        assert set(linux_openers.openers(is_file(path), of_interest=lambda *told: told[-1] == str(path))) == set()


def test_files_that_cannot_be_device_nodes_are_not_looked_at(opened: tuple[Path, int]) -> None:
    def never(status: os.stat_result) -> bool:
        raise AssertionError(status)

    assert set(linux_openers.openers(never, of_interest=lambda *_told: False)) == set()


def seen(monkeypatch: pytest.MonkeyPatch, *looks: set[linux_openers.Opener] | OSError) -> None:
    """Let the guard see these openers, one look after the other, and then the last for ever."""
    left = list(looks)

    def look(_machine: Machine, _disk: Disk) -> set[linux_openers.Opener]:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, OSError):
            raise now
        return set(now)

    monkeypatch.setattr(linux_openers, "of_disk", look)
    monkeypatch.setattr(contention, "PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(contention, "PATIENCE_SECONDS", 0.05)


def test_who_stays_is_named_in_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(monkeypatch, {(7, "dd"), (8, "smartctl")}, {(7, "dd")})
    with pytest.raises(Problem, match=r"open in dd \(process 7\)") as refused:
        contention.refuse_opened(Machine(), DISK)
    assert refused.value.code == "busy"


def test_a_short_look_of_others_is_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(monkeypatch, {(7, "smartctl")}, {(8, "blkid")}, set())
    contention.refuse_opened(Machine(), DISK)


def test_open_files_that_are_not_told_are_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(monkeypatch, PermissionError(13, "Permission denied"))
    with pytest.raises(Problem) as refused:
        contention.refuse_opened(Machine(), DISK)
    assert refused.value.code == "undetermined"


def test_who_claims_it_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    seen(monkeypatch, {(7, "dd")})
    assert str(contention.busy(Machine(), DISK)) == f"{DISK.path} is open in dd (process 7)."


@pytest.mark.parametrize("told", [set(), PermissionError(13, "Permission denied")])
def test_who_is_not_told_is_something(
    monkeypatch: pytest.MonkeyPatch, told: set[linux_openers.Opener] | OSError
) -> None:
    seen(monkeypatch, told)
    assert "in use by something else on this host" in str(contention.busy(Machine(), DISK))


def test_the_generic_nodes_of_a_disk_are_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nodes_of = {
        "sda/device/scsi_generic/sg3": "21:3",
        "sda/device/bsg/0:0:0:0": "250:1",
        "nvme0n1/device/ng0n1": "242:7",
    }
    for place, number in nodes_of.items():
        folder = tmp_path / "sys/block" / place
        folder.mkdir(parents=True)
        (folder / "dev").write_text(f"{number}\n")
    asked: list[Callable[[os.stat_result], bool]] = []

    def note(is_it: Callable[[os.stat_result], bool], **_: object) -> set[linux_openers.Opener]:
        asked.append(is_it)
        return set()

    monkeypatch.setattr(linux_openers, "openers", note)
    monkeypatch.setattr(Machine, "at", lambda _self, path: f"{tmp_path}{path}")
    machine = Machine(system="Linux")

    def node(kind: int, major: int, minor: int) -> os.stat_result:
        return cast(os.stat_result, SimpleNamespace(st_mode=kind, st_rdev=os.makedev(major, minor)))

    linux_openers.of_disk(machine, DISK)
    linux_openers.of_disk(machine, replace(DISK, name="nvme0n1", numbers=("8:0", "")))
    of_sda, of_nvme = asked
    block = node(stat.S_IFBLK, 8, 0)
    sg, bsg, ng = (node(stat.S_IFCHR, *numbers) for numbers in ((21, 3), (250, 1), (242, 7)))
    others = (node(stat.S_IFCHR, 8, 0), node(stat.S_IFCHR, 21, 4))
    assert [of_sda(one) for one in (block, sg, bsg, ng, *others)] == [True, True, True, False, False, False]
    assert [of_nvme(one) for one in (block, sg, bsg, ng, *others)] == [True, False, False, True, False, False]
    assert not of_nvme(node(stat.S_IFREG, 0, 0))


@pytest.mark.parametrize("is_local", [True, False])
def test_a_node_outside_a_folder_dev_is_found_where_a_look_cannot_hang(
    opened: tuple[Path, int],
    monkeypatch: pytest.MonkeyPatch,
    is_local: bool,  # noqa: FBT001
) -> None:
    path, pid = opened
    nodes = linux_openers._Nodes()
    kind = nodes.mount_type(pid, descriptor_of(pid, path))
    assert kind
    monkeypatch.setattr(linux_openers, "LOCAL", {kind} if is_local else set())
    found = dict(linux_openers.openers(is_file(path), of_interest=nodes.may_be))
    assert (pid in found) is is_local


def descriptor_of(pid: int, path: Path) -> str:
    return next(link.name for link in Path(f"/proc/{pid}/fd").iterdir() if str(link.readlink()) == str(path))
