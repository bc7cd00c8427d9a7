"""Pausing, continuing and ending a run."""

import json
import os
import signal
import time

import pytest

from drives.tests.program.simulated_host import SimulatedHost
from drives.tests.program.waiting import wait_until


@pytest.fixture(autouse=True)
def _a_patient_engine(host: SimulatedHost) -> None:
    host.tool("badblocks", "while :; do sleep 0.05; done")


def signal_run(host: SimulatedHost, action: str) -> dict[str, object]:
    answer = host.call("signal", run_id="run-1", action=action)
    assert answer["ok"], answer
    run: dict[str, object] = answer["run"]
    return run


def age_the_request(host: SimulatedHost) -> None:
    """Make the request to end look older than the patience of 15 s."""
    path = host.run_folder() / "terminate.json"
    path.write_text(json.dumps({"asked_at": time.time() - 60}))


def test_it_pauses_and_continues(host: SimulatedHost) -> None:
    host.launch()

    assert signal_run(host, "pause")["paused"] is True
    assert host.run()["state"] == "running"
    assert signal_run(host, "continue")["paused"] is False


def test_it_ends_a_run(host: SimulatedHost) -> None:
    host.launch()
    signal_run(host, "terminate")

    run = host.wait_for("exited")

    assert (run["signal"], run["stopped_by_request"], run["reason"]) == (15, True, None)


def test_it_ends_a_paused_run(host: SimulatedHost) -> None:
    host.launch()
    signal_run(host, "pause")
    signal_run(host, "terminate")

    assert host.wait_for("exited")["signal"] == 15


def test_ending_twice_does_no_harm(host: SimulatedHost) -> None:
    host.launch()
    signal_run(host, "terminate")
    host.wait_for("exited")

    assert signal_run(host, "terminate")["state"] == "exited"


def test_an_end_after_the_end_changes_nothing(host: SimulatedHost) -> None:
    host.tool("badblocks", "exit 0")
    host.launch()
    host.wait_for("exited")

    assert signal_run(host, "terminate")["stopped_by_request"] is False


def test_ending_an_absent_run_keeps_it_from_ever_beginning(host: SimulatedHost) -> None:
    ended = signal_run(host, "terminate")
    late = host.launch()

    assert ended["state"] == "refused"
    assert ended["stopped_by_request"] is True
    assert late["adopted"] is True
    assert late["run"]["reason"]["code"] == "cancelled"
    assert late["run"]["pid"] is None


def test_an_end_during_the_guard_keeps_the_engine_from_starting(host: SimulatedHost) -> None:
    waiting = f"while [ ! -e {host.answers}/go ]; do sleep 0.05; done"
    host.tool("blkid", f"touch {host.answers}/asked; {waiting}; exit 2")
    child = host.start("launch", **host.permitted())
    wait_until((host.answers / "asked").exists, what="the guard")
    assert signal_run(host, "terminate")["state"] == "starting"
    (host.answers / "go").touch()
    child.communicate(timeout=60)

    run = host.wait_for("refused")

    assert run["reason"]["code"] == "cancelled"
    assert run["pid"] is None


def test_without_a_keeper_a_look_kills_what_does_not_end(host: SimulatedHost) -> None:
    host.tool("badblocks", "trap '' TERM; while :; do sleep 0.05; done")
    run = host.launch()["run"]
    os.kill(run["keeper_pid"], signal.SIGKILL)
    signal_run(host, "terminate")
    assert host.run()["state"] == "running"

    age_the_request(host)
    lost = host.wait_for("interrupted")

    assert lost["stopped_by_request"] is True


def test_another_process_with_the_same_number_is_left_alone(host: SimulatedHost) -> None:
    run = host.launch()["run"]
    os.kill(run["keeper_pid"], signal.SIGKILL)
    path = host.run_folder() / "engine.json"
    stranger = dict(json.loads(path.read_text()), started="1")
    kept = path.read_text()
    path.write_text(json.dumps(stranger))
    wait_until(lambda: host.run()["state"] == "interrupted", what="the state interrupted")

    signal_run(host, "terminate")

    path.write_text(kept)
    assert host.run()["state"] == "running"


def test_a_run_that_does_not_run_cannot_be_paused(host: SimulatedHost) -> None:
    answer = host.call("signal", run_id="run-1", action="pause")

    assert answer["error"]["code"] == "not_running"


def test_an_unknown_action_is_refused(host: SimulatedHost) -> None:
    answer = host.call("signal", run_id="run-1", action="explode")

    assert answer["error"]["code"] == "bad_request"
