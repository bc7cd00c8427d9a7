"""A lab leaves nothing behind, however it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lab import loops, processes, teardown
from tests.lab.fixtures import DiskFactory
from tests.lab.lab import MIB, Lab
from tests.lab.sshd import CLIENT_OPTIONS
from tests.lab.toolbox import REPOSITORY
from tests.lab.usage import held, make_fs, mounted, swap_on

pytestmark = pytest.mark.lab
# The C library keeps signals 32 and 33 for its threads; an inherited mask of them stops nothing.
LIBRARY_SIGNALS = 1 << 31 | 1 << 32
UP = (sys.executable, "-m", "tests.lab", "up", "--disks", "2", "--size", "8M", "--json")


def _assert_nothing_is_left(directory: Path) -> None:
    assert not directory.exists()
    assert loops.under(directory) == []
    assert str(directory) not in Path("/proc/mounts").read_text(encoding="utf-8")
    assert processes.with_argument(f"{directory}/") == []
    assert processes.with_environment(f"PATH={directory}/bin:") == []


def _bring_up() -> tuple[subprocess.Popen[str], dict[str, Any]]:
    running = subprocess.Popen(UP, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    described: dict[str, Any] = json.loads(running.stdout.readline())
    return running, described


def test_a_lab_ends_in_good_order(lab: Lab) -> None:
    with Lab() as second:
        second.add_disk(8 * MIB)
        assert second.directory != lab.directory
        assert loops.under(second.directory)

    _assert_nothing_is_left(second.directory)
    assert lab.sshd.ssh("true").returncode == 0


def test_a_lab_ends_with_a_hanging_disk_and_a_detached_program_on_it() -> None:
    with Lab() as second:
        disk = second.add_disk(8 * MIB)
        second.sshd.ssh(f"setsid badblocks -w {disk.device} >/dev/null 2>&1 </dev/null &")
        disk.hang()

    _assert_nothing_is_left(second.directory)


def test_a_lab_ends_with_a_mounted_disk_and_with_swap(tmp_path: Path) -> None:
    with Lab() as second:
        disk, swap = second.add_disk(8 * MIB), second.add_disk(8 * MIB)
        make_fs(disk.device)
        loops.run("mount", disk.device, str(tmp_path))
        loops.run("mkswap", "--quiet", swap.device)
        loops.run("swapon", swap.device)

    _assert_nothing_is_left(second.directory)
    assert not tmp_path.is_mount()


def test_a_lab_that_fails_in_the_middle_is_torn_down() -> None:
    with pytest.raises(ZeroDivisionError), Lab() as second:
        second.add_disk(8 * MIB)
        raise ZeroDivisionError

    _assert_nothing_is_left(second.directory)


def test_a_lab_whose_file_system_died_is_torn_down() -> None:
    with Lab() as second:
        second.add_disk(8 * MIB)
        processes.end(processes.with_argument(str(second.mount)))

    _assert_nothing_is_left(second.directory)


def test_a_lab_for_the_hand_ends_on_sigterm() -> None:
    running, described = _bring_up()
    assert len(described["disks"]) == 2
    # A session must be able to end its programs, whatever the lab itself does with signals.
    blocked = subprocess.run(
        ("ssh", *CLIENT_OPTIONS, "-i", described["key_path"], "-p", str(described["port"]))
        + (f"{described['user']}@{described['address']}", "grep -E '^Sig(Blk|Ign)' /proc/self/status"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert {int(line.split()[1], 16) & ~LIBRARY_SIGNALS for line in blocked.stdout.splitlines()} == {0}

    running.send_signal(signal.SIGTERM)

    assert running.wait(timeout=30) == 0
    _assert_nothing_is_left(Path(described["directory"]))


def test_a_lab_whose_owner_was_killed_is_swept_away_by_the_next() -> None:
    running, described = _bring_up()
    running.kill()
    running.wait()
    directory = Path(described["directory"])
    assert directory.exists()

    teardown.sweep()

    _assert_nothing_is_left(directory)


def test_a_disk_can_be_put_to_every_use_that_must_be_refused(lab_disk: DiskFactory, tmp_path: Path) -> None:
    disk = lab_disk()
    with held(disk.device), pytest.raises(OSError, match="busy"), held(disk.device):
        pass
    with swap_on(disk.device):
        assert disk.device in Path("/proc/swaps").read_text(encoding="utf-8")
    make_fs(disk.device)
    with mounted(disk.device, tmp_path / "at") as at:
        assert at.is_mount()
