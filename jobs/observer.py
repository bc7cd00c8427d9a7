"""Looks at one host: all its runs in one round trip, its disks in another, and writes down what changed.

The observer never acts. Where a stage needs a decision it wakes a worker.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from drives import services as drives
from drives.hosts.connect import open_program
from drives.hosts.edge import limits
from drives.hosts.edge.misfit import AnswerUnfit
from drives.hosts.errors import HostError
from drives.models import Host
from jobs import dispatch, glances, host_leases, store, thermometer, working_folders
from jobs.clocks import passed, ran_out
from jobs.glances import ReadAnswer, Reading, Watched
from jobs.host_leases import HostLease
from jobs.host_memory import HostMemory
from jobs.leases import LEASE
from jobs.models import BurninJob, BurninStage, JobState, StageState
from jobs.stages import get_stage
from jobs.stages.base import Glance

logger = logging.getLogger(__name__)
FULL_EVERY = timedelta(seconds=60)
LISTEN_MS = 500  # how long a host may wait for news before it answers; also the pace of the live table's progress


def hosts_due(memories: Mapping[int, HostMemory], poll_every: timedelta, now: datetime) -> tuple[set[int], set[int]]:
    """Return the hosts whose runs, and those whose disks, are to be looked at: two questions for all hosts together.

    Most have neither most of the time, and need no thread with a connection of its own to find that out.
    """
    running = BurninStage.objects.filter(
        state=StageState.RUNNING, job__state=JobState.RUNNING, job__drive__host__in=list(memories)
    )
    asked = Host.objects.filter(pk__in=list(memories), refresh_requested_at__isnull=False)
    requests = dict(asked.values_list("pk", "refresh_requested_at"))
    disks = {pk for pk, memory in memories.items() if _disks_due(requests.get(pk), memory, poll_every, now)}
    return set(running.values_list("job__drive__host_id", flat=True)), disks


def observe_runs(lease: HostLease, memory: HostMemory, *, now: datetime) -> None:
    """Look at what runs on a host, if a stage wants to see it now."""
    host = Host.objects.filter(pk=lease.host_id).first()
    if host is None or host.stopped or not host.has_shell:
        return
    if not passed(memory.unfit_at, memory.unfit_pause, now):
        return
    watched = _due(_watched(host), memory, now)
    if watched:
        with _trouble_noted(host, lease, now), _nonsense_noted(memory, now):
            _look(host, lease, watched, memory, now)


def observe_disks(lease: HostLease, memory: HostMemory, *, poll_every: timedelta, now: datetime) -> None:
    """Read which disks a host has, if it is time. Apart from the runs: it takes longer than they may wait."""
    host = Host.objects.filter(pk=lease.host_id).first()
    if host is None or host.stopped or not (host.has_shell or host.api_url):
        return
    if _inventory_due(host, memory, poll_every, now):
        memory.inventory_at = now
        working_folders.settle(host)
        with _trouble_noted(host, lease, now):
            _read_inventory(host, lease, memory, now)


@contextmanager
def _trouble_noted(host: Host, lease: HostLease, now: datetime) -> Iterator[None]:
    """Write down that the host was reached, or why it was not."""
    try:
        yield
    except HostError as error:
        if host_leases.holds(lease):
            drives.note_host_failed(asked=host, error=error, now=now)
            _say_waiting(host, error, now)
            working_folders.give_up_if_unsafe(host, error)
    else:
        if drives.is_asked_so_still(host):
            drives.note_host_reached(host_id=host.pk, now=now)


@contextmanager
def _nonsense_noted(memory: HostMemory, now: datetime) -> Iterator[None]:
    """Remember whether what the host said could be used."""
    try:
        yield
    except AnswerUnfit:
        memory.note_answer(fits=False, now=now)
        raise
    memory.note_answer(fits=True, now=now)


def _watched(host: Host) -> list[Watched]:
    running = BurninStage.objects.filter(
        state=StageState.RUNNING, job__state=JobState.RUNNING, job__drive__host=host
    ).select_related("job__drive")
    found = []
    for stage in running:
        watch = get_stage(stage.stage_name).watch(stage.data)
        if watch is not None:
            found.append(Watched(stage, watch))
    return found


def _due(watched: list[Watched], memory: HostMemory, now: datetime) -> list[Watched]:
    """Return what is to be looked at now; of drives' own reports a few at a time, the rest follows at once."""
    due, reports = [], 0
    for item in watched:
        last = memory.looked_at.get(item.stage.pk)
        if not passed(last, timedelta(seconds=item.watch.every_s), now):
            continue
        reports += item.watch.smart
        if item.watch.smart and reports > limits.SMART_AT_ONCE:
            continue
        memory.looked_at[item.stage.pk] = now
        due.append(item)
    return due


def _inventory_due(host: Host, memory: HostMemory, poll_every: timedelta, now: datetime) -> bool:
    asked = host.refresh_requested_at
    if _is_news(asked, memory):
        memory.full_at = None
    return _disks_due(asked, memory, poll_every, now)


def _disks_due(asked: datetime | None, memory: HostMemory, poll_every: timedelta, now: datetime) -> bool:
    return _is_news(asked, memory) or passed(memory.inventory_at, poll_every, now)


def _is_news(asked: datetime | None, memory: HostMemory) -> bool:
    return asked is not None and (memory.inventory_at is None or asked > memory.inventory_at)


def _look(host: Host, lease: HostLease, watched: list[Watched], memory: HostMemory, now: datetime) -> None:
    runs = [run for item in watched for run in item.watch.runs]
    smart = [_who(item.stage) for item in watched if item.watch.smart]
    # A look at SMART takes long enough by itself, and a stage that waits for one must not wait for a run's end.
    wait_ms = LISTEN_MS if runs and not smart else 0
    seen = open_program(host).probe(runs=runs, smart=smart, wait_ms=wait_ms)
    answer = glances.read_all(watched, seen)
    busy = _write_seen(lease, answer.readings, now)
    for item in (*busy, *answer.left):
        memory.looked_at.pop(item.stage.pk, None)
    _complain(host, answer)


def _complain(host: Host, answer: ReadAnswer) -> None:
    """Raise AnswerUnfit when not all of an answer could be used, or not in the time that an honest one takes."""
    if answer.strange:
        serials = ", ".join(item.stage.job.serial for item in answer.strange)
        raise AnswerUnfit(f"What {host.name} said of {serials} cannot be understood. Nothing of it was used.")
    if answer.took_long:
        raise AnswerUnfit(
            f"Reading what {host.name} said of its drives took {answer.seconds:.1f} s of processor time, more than the "
            f"{glances.MOST_READING_S:g} s that are allowed. It is asked less often."
        )


def _who(stage: BurninStage) -> dict[str, str]:
    return {"serial": stage.job.serial, "devname": stage.job.drive.devname}


def _read_inventory(host: Host, lease: HostLease, memory: HostMemory, now: datetime) -> None:
    full = passed(memory.full_at, FULL_EVERY, now)
    report = drives.read_inventory(host=host, smart=full)
    memory.full_at = now if full else memory.full_at
    if host_leases.holds(lease) and drives.is_asked_so_still(host):
        drives.store_inventory(host_id=host.pk, report=report, now=now)
        if full:
            thermometer.note(host_id=host.pk, disks=report.disks, now=now)


def _write_seen(lease: HostLease, readings: list[Reading], now: datetime) -> list[Watched]:
    """Write it down, and wake whom it concerns. Nothing is read or computed here: nobody else can write meanwhile.

    Return those that are to be looked at again at once, whatever their pace.
    """
    busy: list[Watched] = []
    with transaction.atomic():
        if not host_leases.holds(lease):
            return []
        for reading in readings:
            item, glance = reading.item, reading.glance
            if (_needs_a_worker(item.stage.job, glance) or reading.disobeys) and not _wake(item, now):
                busy.append(item)
            if not glance.decide:
                glances.write(reading, now)
    return busy


def _needs_a_worker(job: BurninJob, glance: Glance) -> bool:
    return glance.decide and (job.paused_at is None or job.cancel_requested_at is not None)


def _wake(item: Watched, now: datetime) -> bool:
    """Wake a worker, unless one is at the job, or was since the stage was read: then this is old news.

    Nothing is missed: the next look follows at once, and sees what that worker left.
    """
    stage = item.stage
    same = BurninStage.objects.filter(pk=stage.pk, attempt=stage.attempt, advanced_at=stage.advanced_at)
    if not same.filter(ran_out("job__lease_until", LEASE, now)).exists():
        return False
    dispatch.wake(stage.job_id)
    return True


def _say_waiting(host: Host, error: HostError, now: datetime) -> None:
    """Show on each running burn-in of a host why, and since when, nothing is known of it. A stop outdoes the rest."""
    told = Q(waiting_reason=str(error)) if error.stops_host else Q(waiting_since__isnull=False)
    with transaction.atomic():
        for job in BurninJob.objects.filter(~told, drive__host=host, state=JobState.RUNNING):
            since = job.waiting_since or now
            BurninJob.objects.filter(pk=job.pk).update(waiting_since=since, waiting_reason=str(error))
            store.touch(job)
