"""A stop leaves nothing behind, whoever asks for it and however."""

import os
import signal
import subprocess
from time import monotonic

import pytest

from burnin_site.supervisor import processes
from burnin_site.supervisor.tests.rehearsal import Rehearsal
from tests.lab.waiting import wait_until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_stops_everything_and_says_so(rehearsal: Rehearsal, number: signal.Signals) -> None:
    supervisor = rehearsal.start(rehearsal.family())
    parent, child = rehearsal.member("parent"), rehearsal.member("child")
    supervisor.send_signal(number)
    output, _ = supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0
    assert "Stopped." in output
    assert not parent.is_alive()
    assert not child.is_alive()


def test_a_program_gets_the_time_to_clean_up(rehearsal: Rehearsal) -> None:
    supervisor = rehearsal.start(rehearsal.family())
    rehearsal.member("parent")
    supervisor.terminate()
    supervisor.wait(timeout=15)
    assert (rehearsal.folder / "family" / "stopped").exists()


def test_ctrl_c_to_the_whole_foreground_group_reaches_only_the_supervisor(rehearsal: Rehearsal) -> None:
    supervisor = rehearsal.start(rehearsal.family())
    rehearsal.member("parent")
    os.killpg(supervisor.pid, signal.SIGINT)
    supervisor.wait(timeout=15)
    assert supervisor.returncode == 0
    assert (rehearsal.folder / "family" / "stopped").exists()


def test_a_stubborn_program_is_killed_within_10_seconds(rehearsal: Rehearsal) -> None:
    supervisor = rehearsal.start(rehearsal.family(manner="stubborn"))
    parent, child = rehearsal.member("parent"), rehearsal.member("child")
    began = monotonic()
    supervisor.terminate()
    supervisor.wait(timeout=15)
    assert monotonic() - began < 10
    assert not parent.is_alive()
    assert not child.is_alive()


def test_a_second_ctrl_c_does_not_wait(rehearsal: Rehearsal) -> None:
    supervisor = rehearsal.start(rehearsal.family(manner="stubborn"))
    rehearsal.member("parent")
    began = monotonic()

    def interrupt_again() -> bool:
        supervisor.send_signal(signal.SIGINT)
        return supervisor.poll() is not None

    wait_until(interrupt_again, "the supervisor ended", within_s=10, every_s=0.3)
    assert monotonic() - began < 5


@pytest.mark.parametrize("manner", ["tidy", "careless"])
def test_a_killed_supervisor_leaves_no_child_running(rehearsal: Rehearsal, manner: str) -> None:
    supervisor = rehearsal.start(rehearsal.family(manner=manner))
    parent = rehearsal.member("parent")
    supervisor.kill()
    assert parent.wait(timeout_s=10)


def test_what_a_killed_supervisor_left_behind_is_ended_by_the_next(rehearsal: Rehearsal) -> None:
    supervisor = rehearsal.start(rehearsal.family(manner="careless"))
    parent, child = rehearsal.member("parent"), rehearsal.member("child")
    supervisor.kill()
    parent.wait(timeout_s=10)
    assert child.is_alive()
    rehearsal.start(rehearsal.family(manner="tidy"))
    rehearsal.member("parent", other_than=parent)
    assert not child.is_alive()


def test_a_process_with_the_recorded_pid_but_another_start_time_is_spared(rehearsal: Rehearsal) -> None:
    with subprocess.Popen(("sleep", "1000"), start_new_session=True) as stranger:
        process = processes.find(stranger.pid)
        assert process is not None
        run = rehearsal.folder / "run"
        run.mkdir()
        note = f'{{"pid": {process.pid}, "started": {process.started - 1}, "boot_id": "{processes.boot_id()}"}}'
        (run / "family.json").write_text(note)
        rehearsal.start(rehearsal.family())
        rehearsal.member("parent")
        assert process.is_alive()
        stranger.kill()
