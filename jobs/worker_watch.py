"""Reads the workers' signs of life. From a thread, so that a database that hangs never holds up the watchdog."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import Error, connection
from django.utils import timezone

from burnin_site.core.database_wait import held_for_writing
from burnin_site.core.outage_log import OutageLog
from burnin_site.supervisor.heartbeat import Beat
from jobs import dispatch
from jobs.models import WorkerHeartbeat

EVERY_S = 2.0
WRITE_WAIT_MS = 2000
FORGET_AFTER = timedelta(days=1)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database said at one moment."""

    beats: Mapping[str, Beat]
    tasks_wait: bool


class BeatReader:
    """Reads every two seconds; hands out each reading once."""

    def __init__(self) -> None:
        self._reading: Reading | None = None
        threading.Thread(target=self._follow, name="beats", daemon=True).start()

    def take(self) -> Reading | None:
        """Return the newest reading that was not taken yet."""
        reading, self._reading = self._reading, None
        return reading

    def _follow(self) -> None:
        pause, told = threading.Event(), OutageLog(logger, "The watch over the workers")
        before: Mapping[str, Beat] = {}
        while not pause.wait(EVERY_S):
            try:
                reading = read_beats()
                if reading.beats == before:  # they may be silent because nobody can write, which is not their fault
                    with held_for_writing(wait_ms=WRITE_WAIT_MS):
                        pass
                self._reading, before = reading, reading.beats
                told.over()
            except Error as error:
                if not told.met(error):
                    logger.exception("The workers' signs of life could not be read")
                connection.close()


def read_beats() -> Reading:
    """Return the beats of all nodes and whether the queue holds anything."""
    rows = WorkerHeartbeat.objects.values_list("node", "beat_at", "busy_until")
    beats = {node: Beat(beat_at, busy_until) for node, beat_at, busy_until in rows}
    return Reading(beats, tasks_wait=dispatch.queue_length() > 0)


def forget_old_nodes() -> None:
    """Delete the beats of nodes that were last heard of a day ago."""
    WorkerHeartbeat.objects.filter(beat_at__lt=timezone.now() - FORGET_AFTER).delete()
