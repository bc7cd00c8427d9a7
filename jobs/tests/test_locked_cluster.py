"""A database that is locked for longer than anybody waits for it: the workers wait, and are not started afresh."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from jobs import dispatch
from jobs.tests.worker_stage import start_worker, wait_for_a_beat
from tests.lab.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_locked_database_costs_no_process_of_the_cluster(django_db_setup: None, tmp_path: Path) -> None:
    said = tmp_path / "worker.log"
    stage = start_worker(said, DB_WAIT_SECONDS="1")
    try:
        dispatch.ask_for_heartbeat()
        wait_for_a_beat(stage)
        before = stage.cluster()
        with closing(sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)) as other:
            dispatch.ask_for_heartbeat()
            other.execute("BEGIN IMMEDIATE")
            wait_until(lambda: "The queue of tasks waits" in said.read_text(), "the queue has noticed", within_s=20)
            other.execute("ROLLBACK")
        wait_until(lambda: "The queue of tasks goes on" in said.read_text(), "it goes on", within_s=20)
        dispatch.ask_for_heartbeat()
        wait_until(lambda: dispatch.queue_length() == 0, "the queue is empty", within_s=20)
        assert stage.cluster() == before
        assert "start afresh" not in said.read_text()
    finally:
        stage.command.kill()
        stage.command.wait()
