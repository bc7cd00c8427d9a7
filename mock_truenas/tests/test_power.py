"""Switching off kills what ran; a crash of the program leaves the host up."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mock_truenas.tests.running_host import PACKAGE_PARENT, RunningHost
from mock_truenas.tests.waiting import wait_until

Starter = Callable[..., RunningHost]
DETACHED = "setsid sh -c 'echo $$ > $HOME/pid; exec sleep 300' </dev/null >/dev/null 2>&1 &"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Starts hosts on one data folder, one after the other."""
    started: list[RunningHost] = []

    def begin(*words: str) -> RunningHost:
        started.append(RunningHost(tmp_path / "data", *words))
        return started[-1]

    yield begin
    for host in started:
        if host.process.poll() is None:
            host.stop()


def leave_a_process(host: RunningHost) -> int:
    host.run(DETACHED)
    path = host.folder / "root/root/pid"
    wait_until(lambda: path.exists() and path.read_text().strip(), "the process to start")
    return int(path.read_text())


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def boot_id(host: RunningHost) -> str:
    return (host.folder / "root/proc/sys/kernel/random/boot_id").read_text()


def test_sigterm_kills_detached_processes(start: Starter) -> None:
    host = start()
    pid = leave_a_process(host)
    assert lives(pid)

    host.process.terminate()

    assert host.process.wait(timeout=2) == 0
    assert not lives(pid)
    assert not (host.folder / "ready.json").exists()


def test_a_detached_process_becomes_a_child_and_is_reaped(start: Starter) -> None:
    host = start()
    pid = leave_a_process(host)
    parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
    assert int(parent) == host.process.pid

    host.run(f"kill {pid}")

    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the process to be reaped")


def test_the_host_key_and_the_serial_numbers_are_the_same_after_a_restart(start: Starter) -> None:
    first = start()
    before = first.ready["host_key_fingerprint"], first.get("/api/v2.0/disk")[3]["serial"]
    first.stop()
    again = start()

    assert (again.ready["host_key_fingerprint"], again.get("/api/v2.0/disk")[3]["serial"]) == before


def test_another_host_name_gives_other_serial_numbers(start: Starter) -> None:
    first = start()
    serials = {disk["serial"] for disk in first.get("/api/v2.0/disk")}
    first.stop()
    other = start("--hostname", "nas-2")

    assert serials.isdisjoint(disk["serial"] for disk in other.get("/api/v2.0/disk"))


def test_a_power_cycle_gives_a_new_boot_id_and_interrupts_self_tests(start: Starter) -> None:
    first = start()
    before = boot_id(first)
    first.run("smartctl -t long /dev/sda")
    first.stop()
    again = start()

    assert boot_id(again) != before
    entry = again.smart("-x", "sda")["ata_smart_self_test_log"]["extended"]["table"][0]
    assert entry["status"]["string"] == "Interrupted (host reset)"
    assert entry["status"]["value"] >> 4 == 2


def test_a_killed_program_leaves_the_host_up(start: Starter) -> None:
    first = start()
    before, pid = boot_id(first), leave_a_process(first)
    first.run("smartctl -t long /dev/sda")
    first.process.kill()
    first.process.wait(timeout=5)
    again = start()

    assert lives(pid)
    assert boot_id(again) == before
    assert again.smart("-c", "sda")["ata_smart_data"]["self_test"]["status"]["value"] >> 4 == 0xF
    again.stop()
    assert not lives(pid)


def test_a_program_killed_with_nothing_left_running_is_a_power_cycle(start: Starter) -> None:
    first = start()
    before = boot_id(first)
    first.process.kill()
    first.process.wait(timeout=5)

    assert boot_id(start()) != before


def test_a_reboot_kills_processes_and_keeps_serving(start: Starter) -> None:
    host = start()
    before, pid = boot_id(host), leave_a_process(host)

    host.post("/debug/reboot")

    assert not lives(pid)
    assert boot_id(host) != before
    assert host.run("echo up").out == b"up\n"


def test_two_programs_do_not_share_a_data_folder(start: Starter) -> None:
    host = start()
    words = (sys.executable, "-m", "mock_truenas", "--data-dir", str(host.folder), "--http-port", "0")

    second = subprocess.run(words, cwd=PACKAGE_PARENT, capture_output=True, timeout=10, check=False)

    assert second.returncode == 1
    assert b"Another pretend host runs on" in second.stderr
