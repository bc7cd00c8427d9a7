"""The scheduler's loop: own hosts, look at each on a thread of its own, wake what is due, run the clock."""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from burnin_site.core.database_wait import drop_broken_connection
from burnin_site.core.memory import give_back_now
from burnin_site.core.outage_log import OutageLog
from burnin_site.core.room import RoomWatch
from drives.hosts import pool
from jobs import dispatch, due, host_leases, observer
from jobs.host_leases import HostLease
from jobs.host_memory import HostMemory
from settingsapp import services as settings_services

logger = logging.getLogger(__name__)
STEP_S = 0.25
CLAIM_EVERY = timedelta(seconds=2)
WAKE_EVERY = timedelta(seconds=1)
BEAT_EVERY = timedelta(seconds=2)
SWEEP_EVERY = timedelta(minutes=1)
AFTER_TROUBLE_S = 1.0  # a database that refuses at once would be asked, and written about, without end
TIDY_EVERY = timedelta(seconds=15)
MOST_LOOKS_AT_ONCE = 48
# A host whose last look took this long waits for a thread among its like: those that answer never wait behind it.
SLOW_LOOK_S = 10.0
MOST_SLOW_LOOKS_AT_ONCE = 16
Look = Callable[[datetime], None]


class Every:
    """Says when it is time again."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause
        self._last: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Return True at most once per pause."""
        if self._last is not None and timedelta(0) <= now - self._last < self._pause:
            return False
        self._last = now
        return True


class Scheduler:
    """One scheduler process. Several may run; each host is looked at by one of them."""

    def __init__(self) -> None:
        self.owner = f"{settings.NODE_NAME}-{secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._leases: dict[int, HostLease] = {}
        self._memories: dict[int, HostMemory] = {}
        self._looking: dict[tuple[int, str], Future[float]] = {}
        self._pool = ThreadPoolExecutor(MOST_LOOKS_AT_ONCE, thread_name_prefix="host")
        self._slow_pool = ThreadPoolExecutor(MOST_SLOW_LOOKS_AT_ONCE, thread_name_prefix="slow-host")
        self._claim, self._wake = Every(CLAIM_EVERY), Every(WAKE_EVERY)
        self._beat, self._sweep, self._tidy = Every(BEAT_EVERY), Every(SWEEP_EVERY), Every(TIDY_EVERY)
        self._outages, self._room = OutageLog(logger, "The scheduler"), RoomWatch()

    def stop(self) -> None:
        """Have run() end after its current step."""
        self._stop.set()

    def run(self) -> None:
        """Work until stop() is called, then give the hosts back."""
        while not self._stop.wait(STEP_S):
            try:
                self.step(timezone.now())
                self._outages.over()
            except Exception as error:  # the clock must go on, whatever one step met
                if not self._outages.met(error):
                    logger.exception("A scheduler step failed")
                drop_broken_connection()
                self._stop.wait(AFTER_TROUBLE_S)
        self._give_back()

    def _give_back(self) -> None:
        """Give the hosts back. Where the database is away they are free ten seconds later, when the leases run out."""
        with suppress(Error):
            for lease in self._leases.values():
                host_leases.release(lease)
        for threads in (self._pool, self._slow_pool):
            threads.shutdown(wait=False, cancel_futures=True)

    def step(self, now: datetime) -> None:
        """Do what is due now. Never waits for a host."""
        if self._claim.due(now):
            self._keep_leases(now)
        self._look_at_hosts(now)
        if self._wake.due(now):
            due.wake_due_jobs(now)
        if self._beat.due(now):
            dispatch.ask_for_heartbeat()
        if self._tidy.due(now):
            give_back_now()
        if self._sweep.due(now):
            limits = settings_services.current()
            due.stop_overlong_jobs(limits.stuck_job_hours, now)
            due.stop_stuck_jobs(limits.stuck_after_hours, now)
            if news := self._room.news():
                logger.warning(news)

    def _keep_leases(self, now: datetime) -> None:
        self._leases = {pk: lease for pk, lease in self._leases.items() if host_leases.renew(lease, now)}
        for host_id in {host_id for host_id, _ in self._looking} - self._leases.keys():
            self._let_go(host_id)
        for lease in host_leases.claim_free(self.owner, now):
            self._leases[lease.host_id] = lease
            self._memories[lease.host_id] = HostMemory()

    def _let_go(self, host_id: int) -> None:
        """Forget a host that was removed, or that another scheduler looks at now; hang up on it."""
        self._memories.pop(host_id, None)
        pool.close_host(host_id)
        over = [key for key, look in self._looking.items() if key[0] == host_id and look.done()]
        for key in over:
            del self._looking[key]

    def _look_at_hosts(self, now: datetime) -> None:
        poll_every = timedelta(seconds=settings_services.current().poll_interval_seconds)
        memories = {host_id: self._memories[host_id] for host_id in self._leases}
        runs, disks = observer.hosts_due(memories, poll_every, now)
        for host_id, lease in self._leases.items():
            memory = memories[host_id]
            if host_id in runs:
                self._look("runs", lease, partial(_runs, lease, memory))
            if host_id in disks:
                self._look("disks", lease, partial(_disks, lease, memory, poll_every))

    def _look(self, what: str, lease: HostLease, look: Look) -> None:
        """Have a thread look, unless the same look at this host is still under way."""
        before = self._looking.get((lease.host_id, what))
        if before is None or before.done():
            slow = before is not None and not before.cancelled() and before.result() > SLOW_LOOK_S
            threads = self._slow_pool if slow else self._pool
            self._looking[(lease.host_id, what)] = threads.submit(_guarded, lease, look, self._outages)


def _runs(lease: HostLease, memory: HostMemory, now: datetime) -> None:
    observer.observe_runs(lease, memory, now=now)


def _disks(lease: HostLease, memory: HostMemory, poll_every: timedelta, now: datetime) -> None:
    try:
        observer.observe_disks(lease, memory, poll_every=poll_every, now=now)
    finally:
        connection.close()  # it has every drive of a host in its cache, and there is one for each thread


def _guarded(lease: HostLease, look: Look, outages: OutageLog) -> float:
    """Look; return how many seconds that took."""
    began = time.monotonic()
    try:
        look(timezone.now())
    except Exception as error:  # one host's surprise must not stop the looks at it
        if not outages.met(error):
            logger.exception("A look at a host failed", extra={"host": lease.host_id})
        with suppress(Error):
            connection.close()  # it may be broken; the next look of this thread opens its own
    return time.monotonic() - began
