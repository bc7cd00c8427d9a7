"""manage.py run_worker"""

import logging
import os
import select
import signal
import sys
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from django.utils import timezone

from burnin_site.core.start import refuse_a_wrong_start
from burnin_site.supervisor import processes
from burnin_site.supervisor.backoff import Backoff
from burnin_site.supervisor.cluster import Cluster
from burnin_site.supervisor.environments import environment_for
from burnin_site.supervisor.heartbeat import HeartbeatWatch
from jobs import worker_watch

LOOK_EVERY_S = 0.4
STOP_LIMIT_S = 8.0
DELAYS_S = (0.0, 0.5, 1.0, 2.0, 5.0)
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Runs the workers (a Django-Q2 cluster) and starts them afresh when one of their processes dies or wedges."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        refuse_a_wrong_start()
        worker_watch.forget_old_nodes()
        connections.close_all()
        node = f"{settings.NODE_NAME}-{os.getpid()}"
        argv = (sys.executable, str(settings.BASE_DIR / "manage.py"), "run_qcluster")
        Watchdog(
            Cluster(argv, environment={**environment_for("worker"), "BURNIN_NODE": node}), HeartbeatWatch(node)
        ).run()


class Watchdog:
    """Keeps one cluster working."""

    def __init__(self, cluster: Cluster, heartbeats: HeartbeatWatch) -> None:
        self._cluster = cluster
        self._heartbeats = heartbeats
        self._backoff = Backoff(DELAYS_S)
        self._stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def run(self) -> None:
        """Start the cluster; start it afresh as often as needed; stop it on SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        self._start()
        reader = worker_watch.BeatReader()
        while not self._stopping:
            complaint = self._cluster.complaint() or self._silence(reader.take())
            if complaint:
                self._start_afresh(complaint)
            processes.reap_orphans(keep=self._cluster.pids)
            self._pause(LOOK_EVERY_S)
        self._cluster.stop(limit_s=STOP_LIMIT_S)

    def _silence(self, reading: worker_watch.Reading | None) -> str:
        if reading is None:
            return ""
        return self._heartbeats.complaint(reading.beats, tasks_wait=reading.tasks_wait, now=timezone.now())

    def _start_afresh(self, complaint: str) -> None:
        delay = self._backoff.next_delay(lived_s=self._cluster.age_s)
        logger.warning("%s The workers start afresh.", complaint)
        self._cluster.kill()
        due = monotonic() + delay
        while not self._stopping and monotonic() < due:
            self._pause(due - monotonic())
        if not self._stopping:
            self._start()

    def _start(self) -> None:
        self._cluster.start()
        self._heartbeats.cluster_started()

    def _on_signal(self, *_: object) -> None:
        self._stopping = True
        os.write(self._wake_write, b".")

    def _pause(self, seconds: float) -> None:
        select.select([self._wake_read], [], [], max(0.0, seconds))
