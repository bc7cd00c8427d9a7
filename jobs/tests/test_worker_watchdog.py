"""Whichever process of the task cluster is killed, tasks run again within seconds and nothing is left over.

Every case here wedges, doubles or orphans a bare Django-Q2 cluster.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from burnin_site.supervisor import processes
from jobs import dispatch
from jobs.tests.worker_stage import WorkerStage, enqueue, start_worker, wait_for_a_beat
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def shared_worker(django_db_setup: None) -> Iterator[WorkerStage]:
    """One worker for all kills of this file: it has to survive them all."""
    stage = start_worker()
    yield stage
    stage.command.kill()
    stage.command.wait()


@pytest.fixture
def worker(django_db_setup: None) -> Iterator[WorkerStage]:
    """A worker of its own, for the tests that end it."""
    stage = start_worker()
    yield stage
    stage.command.kill()
    stage.command.wait()


@pytest.mark.parametrize("role", ["parent", "sentinel", "first worker", "second worker", "monitor", "pusher"])
def test_tasks_run_again_after_a_kill_of_the(role: str, shared_worker: WorkerStage) -> None:
    before = shared_worker.cluster()
    before[role].send(signal.SIGKILL)
    wait_until(lambda: not any(old.is_alive() for old in before.values()), "the whole old cluster is gone")
    dispatch.ask_for_heartbeat()
    wait_for_a_beat(shared_worker)
    after = shared_worker.cluster()
    assert not set(before.values()) & set(after.values())


def test_tasks_run_again_after_a_kill_of_a_busy_worker(shared_worker: WorkerStage, tmp_path: Path) -> None:
    before = shared_worker.cluster()
    gate = tmp_path / "gate"
    enqueue("jobs.tests.worker_stage.hold_until", str(gate))
    pid_file = tmp_path / "gate.pid"
    wait_until(lambda: pid_file.exists() and pid_file.read_text(), "a worker is busy")
    os.kill(int(pid_file.read_text()), signal.SIGKILL)
    wait_until(lambda: not any(old.is_alive() for old in before.values()), "the whole old cluster is gone")
    gate.touch()
    dispatch.ask_for_heartbeat()
    wait_for_a_beat(shared_worker)


def test_a_stop_leaves_no_process(worker: WorkerStage) -> None:
    members = worker.cluster()
    worker.command.terminate()
    assert worker.command.wait(timeout=10) == 0
    assert not any(member.is_alive() for member in members.values())


def test_a_stop_does_not_wait_for_a_task_that_does_not_end(worker: WorkerStage, tmp_path: Path) -> None:
    members = worker.cluster()
    enqueue("jobs.tests.worker_stage.hold_until", str(tmp_path / "gate"))
    wait_until((tmp_path / "gate.pid").exists, "a worker is busy")
    worker.command.terminate()
    assert worker.command.wait(timeout=10) == 0
    assert not any(member.is_alive() for member in members.values())


def test_a_killed_watchdog_takes_its_cluster_with_it(worker: WorkerStage) -> None:
    members = worker.cluster()
    worker.command.kill()
    worker.command.wait()
    for member in members.values():
        assert member.wait(timeout_s=10)
    assert not processes.group_members(worker.command.pid)
