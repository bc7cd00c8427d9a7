"""The keeper watches its engine, writes down its end, and may itself be killed."""

import os
import signal
from pathlib import Path

import pytest

from drives.tests.program.simulated_host import SimulatedHost
from drives.tests.program.waiting import wait_until

WRITING = "printf 'Testing with pattern 0xaa: %6.2f%% done, 0:07 elapsed. (0/0/0 errors)\\b' 12.5 >&2"
UNTIL_TOLD = "while [ ! -e {folder}/enough ]; do sleep 0.05; done"


def engine(host: SimulatedHost, *lines: str) -> None:
    host.tool("badblocks", "\n".join((*lines, UNTIL_TOLD.format(folder=host.answers))))


def kill_keeper(host: SimulatedHost) -> None:
    os.kill(host.run()["keeper_pid"], signal.SIGKILL)
    wait_until(lambda: not host.run()["keeper_alive"], what="the keeper's end")


@pytest.mark.parametrize("code", [0, 1, 3])
def test_it_writes_down_the_exit_code(host: SimulatedHost, code: int) -> None:
    host.tool("badblocks", f"exit {code}")
    host.launch()

    run = host.wait_for("exited")

    assert (run["exit_code"], run["signal"], run["stopped_by_request"]) == (code, None, False)
    assert run["started_at"] <= run["finished_at"]


def test_it_writes_down_the_signal_that_killed_the_engine(host: SimulatedHost) -> None:
    host.tool("badblocks", "kill -9 $$")
    host.launch()

    run = host.wait_for("exited")

    assert (run["exit_code"], run["signal"]) == (None, 9)


def test_a_simulated_host_says_honestly_that_the_guard_could_not_look(host: SimulatedHost) -> None:
    engine(host)

    run = host.launch()["run"]

    assert run["guard_checked"] is None
    assert "simulated" in run["guard_note"]


def test_progress_is_shown_while_it_works(host: SimulatedHost) -> None:
    engine(host, WRITING)
    host.launch()
    wait_until(lambda: host.run()["progress"] is not None, what="the progress")

    shown = host.run()["progress"]

    assert (shown["phase"], shown["pattern"], shown["percent"]) == ("write", "0xaa", 12.5)


def test_the_last_progress_is_kept(host: SimulatedHost) -> None:
    host.tool("badblocks", f"{WRITING}; printf '\\nPass completed, 0 bad blocks found. (0/0/0 errors)\\n' >&2")
    host.launch()

    assert host.wait_for("exited")["progress"]["completed"] is True


def test_keeper_and_engine_have_left_the_login(host: SimulatedHost) -> None:
    engine(host)
    run = host.launch()["run"]

    assert os.getsid(run["pid"]) == run["pid"]
    assert os.getsid(run["keeper_pid"]) not in (os.getsid(0), run["keeper_pid"])


def test_a_hang_up_does_not_reach_the_keeper(host: SimulatedHost) -> None:
    engine(host)
    run = host.launch()["run"]
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        os.kill(run["keeper_pid"], number)
    (host.answers / "enough").touch()

    assert host.wait_for("exited")["exit_code"] == 0


def test_the_engine_does_not_inherit_ignored_signals(host: SimulatedHost) -> None:
    engine(host)
    run = host.launch()["run"]
    status = Path(f"/proc/{run['pid']}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("SigIgn:"))
    ignored = int(line.split()[1], 16)

    # Those that the keeper itself deals with; a shell may have ignored others before either of them began.
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
        assert not ignored & 1 << (number - 1), number


def test_the_engine_outlives_its_keeper_and_holds_the_drive(host: SimulatedHost) -> None:
    engine(host, WRITING)
    host.launch()
    kill_keeper(host)

    run = host.run()

    assert (run["state"], run["keeper_alive"]) == ("running", False)
    assert run["progress"]["percent"] == 12.5
    assert host.launch("second")["run"]["reason"]["code"] == "locked"


def test_the_own_engine_of_a_dead_keeper_does_not_look_like_a_keeper(host: SimulatedHost) -> None:
    host.launch(engine={"name": "io_validate", "reads": 1_000_000, "seconds": 60})
    kill_keeper(host)

    assert host.run()["state"] == "running"


def test_without_a_keeper_the_progress_is_read_on(host: SimulatedHost) -> None:
    more = "printf '\\b\\b%6.2f%% done, 0:09 elapsed. (0/0/1 errors)\\b' 50 >&2"
    waiting = f"while [ ! -e {host.answers}/more ]; do sleep 0.05; done"
    engine(host, WRITING, waiting, more)
    host.launch()
    wait_until(lambda: host.run()["progress"] is not None, what="the progress")
    kill_keeper(host)
    (host.answers / "more").touch()

    wait_until(lambda: host.run()["progress"]["percent"] == 50.0, what="the later progress")

    assert host.run()["progress"]["errors"] == [0, 0, 1]
    assert host.run()["progress"]["pattern"] == "0xaa"


def test_with_both_dead_and_no_exit_code_the_run_is_interrupted(host: SimulatedHost) -> None:
    engine(host)
    run = host.launch()["run"]
    kill_keeper(host)
    os.kill(run["pid"], signal.SIGKILL)

    lost = host.wait_for("interrupted")

    assert lost["reason"]["code"] == "vanished"
    assert lost["exit_code"] is None


def test_after_another_boot_a_run_is_interrupted(host: SimulatedHost) -> None:
    engine(host)
    host.launch()
    kill_keeper(host)
    host.put("proc/sys/kernel/random/boot_id", "boot-two\n")

    run = host.run()

    assert (run["state"], run["reason"]["code"], run["boot_id"]) == ("interrupted", "rebooted", "boot-one")


def test_a_keeper_killed_before_the_start_has_started_nothing(host: SimulatedHost) -> None:
    host.tool("blkid", f"touch {host.answers}/asked; sleep 30; exit 2")
    child = host.start("launch", **host.permitted())
    wait_until((host.answers / "asked").exists, what="the guard")
    assert host.run()["state"] == "starting"
    kill_keeper(host)
    child.communicate(timeout=60)

    lost = host.run()

    assert (lost["state"], lost["reason"]["code"]) == ("lost", "never_started")


def test_the_engine_is_ended_when_the_drive_goes_away(host: SimulatedHost) -> None:
    engine(host)
    host.launch()
    (host.root / "sys/block/sda").rename(host.root / "sys/gone")

    run = host.wait_for("exited")

    assert (run["signal"], run["reason"]["code"]) == (15, "device_gone")
    assert run["stopped_by_request"] is False


def test_the_engine_is_ended_when_the_kernel_gives_the_drive_up(host: SimulatedHost) -> None:
    engine(host)
    host.launch()
    host.put("sys/block/sda/device/state", "offline\n")

    assert host.wait_for("exited")["reason"]["code"] == "device_gone"


@pytest.mark.parametrize("code", [0, 1])
def test_a_drive_that_went_away_is_noticed_when_the_engine_gave_up_before_anybody_looked(
    host: SimulatedHost, code: int
) -> None:
    disks = host.root / "sys/block"
    host.tool("badblocks", f"mv {disks}/sda {disks}/../gone; exit {code}")
    host.launch()

    run = host.wait_for("exited")

    assert (run["exit_code"], run["signal"], run["reason"]["code"]) == (code, None, "device_gone")


def test_the_engine_is_ended_when_it_floods_the_disk(host: SimulatedHost) -> None:
    engine(host, "truncate -s 129M /dev/stdout")
    host.launch()

    run = host.wait_for("exited")

    assert run["reason"]["code"] == "output_limit"
    assert run["output_bytes"] > 128 * 1024 * 1024


def test_where_it_was_is_kept_for_after_a_reboot(host: SimulatedHost) -> None:
    engine(host, WRITING)
    host.launch()
    wait_until(lambda: host.run()["checkpoint"] is not None, what="the checkpoint")
    kill_keeper(host)
    host.put("proc/sys/kernel/random/boot_id", "boot-two\n")

    run = host.run()

    kept = run["checkpoint"]
    assert run["state"] == "interrupted"
    assert (kept["phase"], kept["pattern"], kept["percent"], kept["boot_id"]) == ("write", "0xaa", 12.5, "boot-one")


def test_a_change_of_phase_is_kept_at_once(host: SimulatedHost) -> None:
    waiting = f"while [ ! -e {host.answers}/more ]; do sleep 0.05; done"
    engine(host, WRITING, waiting, "printf '\\b\\bdone\\nReading and comparing: \\b' >&2")
    host.launch()
    wait_until(lambda: (host.run()["checkpoint"] or {}).get("phase") == "write", what="the first checkpoint")
    (host.answers / "more").touch()

    wait_until(lambda: host.run()["checkpoint"]["phase"] == "verify", what="the second checkpoint")

    assert host.run()["checkpoint"]["percent"] == 0.0


def test_without_a_keeper_a_look_keeps_the_checkpoint(host: SimulatedHost) -> None:
    engine(host, WRITING)
    host.launch()
    wait_until(lambda: host.run()["checkpoint"] is not None, what="the checkpoint")
    kill_keeper(host)
    (host.run_folder() / "checkpoint.json").unlink()

    assert host.run()["checkpoint"]["percent"] == 12.5
