"""A real `run_worker` on the test database, whose processes a test may kill."""

import os
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from burnin_site.supervisor import processes
from burnin_site.supervisor.processes import Process
from jobs.models import WorkerHeartbeat
from tests.lab.waiting import wait_until

WORKERS = 2
CLUSTER_SIZE = 1 + 1 + WORKERS + 2  # parent, sentinel, workers, monitor, pusher
SEEN_AFTER_S = 1.5  # the watchdog looks every 0.4 s
WORKING_AGAIN_S = 20.0  # what a loaded machine may take; unloaded it is four


@dataclass(frozen=True)
class WorkerStage:
    """A running worker and the processes of its cluster."""

    command: "subprocess.Popen[bytes]"

    def cluster(self) -> dict[str, Process]:
        """Wait until the cluster is complete and its watchdog has seen all of it; return its processes by role.

        A process that dies before the watchdog's first look was never known to it: then silence gives it away, later.
        """

        def look() -> list[Process]:
            found = processes.descendants(self.command.pid)
            return found if len(found) == CLUSTER_SIZE and all(map(_is_known, found)) else []

        names = ("parent", "sentinel", "first worker", "second worker", "monitor", "pusher")
        return dict(zip(names, wait_until(look, "the cluster is complete", within_s=WORKING_AGAIN_S), strict=True))


def _is_known(process: Process) -> bool:
    try:
        return bool(time.time() - psutil.Process(process.pid).create_time() > SEEN_AFTER_S)
    except psutil.NoSuchProcess:
        return False


def start_worker(output: Path | None = None, **environment: str) -> WorkerStage:
    """Start `manage.py run_worker` on the database of this test run; what it says goes into a file, if one is given."""
    environment = os.environ | {
        "DB_PATH": str(connection.settings_dict["NAME"]),
        "DATA_DIR": str(settings.DATA_DIR),
        "WORKERS": str(WORKERS),
        **environment,
    }
    command = (sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_worker")
    with output.open("wb") if output else nullcontext() as log:
        return WorkerStage(subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True))


def enqueue(task: str, *args: str) -> None:
    """Queue any task. The product itself has one door for this, which lets only its own tasks through."""
    import_string("django_q.tasks.async_task")(task, *args)


def wait_for_a_beat(node_of: WorkerStage) -> None:
    """Wait until a task that leaves a sign of life has run to its end."""

    def beaten() -> bool:
        rows = WorkerHeartbeat.objects.filter(node__endswith=f"-{node_of.command.pid}", busy_until=None)
        return rows.exists()

    wait_until(beaten, "a task ran", within_s=WORKING_AGAIN_S)


def hold_until(gate: str) -> None:
    """A task that lasts until this file exists; leaves its pid beside it."""
    path = Path(gate)
    path.with_suffix(".pid").write_text(str(os.getpid()))
    wait_until(path.exists, "the gate opened", within_s=40)
