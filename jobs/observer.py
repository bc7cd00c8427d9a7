"""Looks at one host: all its runs in one round trip, its disks in another, and writes down what changed.

The observer never acts. Where a stage needs a decision it wakes a worker.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from drives import services as drives
from drives.hosts.connect import open_program
from drives.hosts.errors import HostError
from drives.models import Host
from jobs import dispatch, host_leases, progress, stillness, store, thermometer
from jobs.clocks import passed, ran_out
from jobs.host_leases import HostLease
from jobs.leases import LEASE
from jobs.models import BurninJob, BurninStage, JobState, StageState
from jobs.stages import get_stage
from jobs.stages.base import Glance, Watch

logger = logging.getLogger(__name__)
FULL_EVERY = timedelta(seconds=60)
LISTEN_MS = 500  # how long a host may wait for news before it answers; also the pace of the live table's progress


@dataclass
class HostMemory:
    """What the observer remembers of a host between two looks; losing it costs one look."""

    inventory_at: datetime | None = None
    full_at: datetime | None = None
    looked_at: dict[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """A running stage and what it wants to see."""

    stage: BurninStage
    watch: Watch


def observe_runs(lease: HostLease, memory: HostMemory, *, now: datetime) -> None:
    """Look at what runs on a host, if a stage wants to see it now."""
    host = Host.objects.filter(pk=lease.host_id).first()
    if host is None or host.stopped or not host.has_shell:
        return
    watched = _due(_watched(host), memory, now)
    if watched:
        with _trouble_noted(host, lease, now):
            _look(host, lease, watched, memory, now)


def observe_disks(lease: HostLease, memory: HostMemory, *, poll_every: timedelta, now: datetime) -> None:
    """Read which disks a host has, if it is time. Apart from the runs: it takes longer than they may wait."""
    host = Host.objects.filter(pk=lease.host_id).first()
    if host is None or host.stopped or not (host.has_shell or host.api_url):
        return
    if _inventory_due(host, memory, poll_every, now):
        memory.inventory_at = now
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
    else:
        if drives.is_asked_so_still(host):
            drives.note_host_reached(host_id=host.pk, now=now)


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
    due = []
    for item in watched:
        last = memory.looked_at.get(item.stage.pk)
        if passed(last, timedelta(seconds=item.watch.every_s), now):
            memory.looked_at[item.stage.pk] = now
            due.append(item)
    return due


def _inventory_due(host: Host, memory: HostMemory, poll_every: timedelta, now: datetime) -> bool:
    asked = host.refresh_requested_at
    if asked and (memory.inventory_at is None or asked > memory.inventory_at):
        memory.full_at = None
        return True
    return passed(memory.inventory_at, poll_every, now)


def _look(host: Host, lease: HostLease, watched: list[Watched], memory: HostMemory, now: datetime) -> None:
    runs = [run for item in watched for run in item.watch.runs]
    smart = [_who(item.stage) for item in watched if item.watch.smart]
    # A look at SMART takes long enough by itself, and a stage that waits for one must not wait for a run's end.
    wait_ms = LISTEN_MS if runs and not smart else 0
    seen = open_program(host).probe(runs=runs, smart=smart, wait_ms=wait_ms)
    for item in _write_seen(lease, watched, seen, now):
        memory.looked_at.pop(item.stage.pk, None)


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


def _write_seen(lease: HostLease, watched: list[Watched], seen: dict[str, Any], now: datetime) -> list[Watched]:
    """Write it down, and wake whom it concerns; those that are to be looked at again at once, whatever their pace."""
    busy: list[Watched] = []
    with transaction.atomic():
        if not host_leases.holds(lease):
            return []
        for item in watched:
            job = item.stage.job
            glance = get_stage(item.stage.stage_name).glance(item.stage.data, _of_drive(seen, item.stage))
            if (_needs_a_worker(job, glance) or _disobeys(job, item, seen)) and not _wake(item, now):
                busy.append(item)
            if not glance.decide:
                _write_glance(item, glance, now, halted=_is_halted(item, seen) or _is_unheard(item, seen))
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


def _is_halted(item: Watched, seen: dict[str, Any]) -> bool:
    runs = seen.get("runs") or {}
    return any(runs.get(run_id, {}).get("paused") for run_id in item.watch.runs)


def _is_unheard(item: Watched, seen: dict[str, Any]) -> bool:
    """Return whether a run cannot say how far it is, because there is no room on its host to write it down."""
    runs = seen.get("runs") or {}
    return any(runs.get(run_id, {}).get("host_full") for run_id in item.watch.runs)


def _disobeys(job: BurninJob, item: Watched, seen: dict[str, Any]) -> bool:
    """Return whether the process goes on though its burn-in is paused, or stands still though it was continued."""
    runs = [(seen.get("runs") or {}).get(run_id, {}) for run_id in item.watch.runs]
    if not any(run.get("state") == "running" for run in runs):
        return False
    halted = _is_halted(item, seen)
    if job.paused_at:
        return not halted
    return halted and bool(job.held_run) and job.cooling_since is None


def _of_drive(seen: dict[str, Any], stage: BurninStage) -> dict[str, Any]:
    """Return the answer with the SMART data of this stage's drive only."""
    serial = stage.job.serial
    smart = {key: value for key, value in (seen.get("smart") or {}).items() if key == serial}
    return {**seen, "smart": smart}


def _write_glance(item: Watched, glance: Glance, now: datetime, *, halted: bool) -> None:
    stage = item.stage
    rate = progress.next_rate(stage.rate_bps, stage.bytes_done, stage.observed_at, glance.bytes_done, now)
    left = glance.bytes_total - glance.bytes_done
    values: dict[str, Any] = {
        "percent": glance.percent,
        "message": glance.message[:200],
        "bytes_done": glance.bytes_done,
        "bytes_total": glance.bytes_total,
        "rate_bps": rate,
        "observed_at": now,
        "still_s": _still(item, glance, now, halted=halted),
        "eta_at": progress.expected_end(
            started_at=stage.started_at, percent=glance.percent, rate=rate, bytes_left=left, now=now
        ),
    }
    # Only while the row is as we read it: a worker may have taken the stage further meanwhile.
    same = BurninStage.objects.filter(
        pk=stage.pk, state=StageState.RUNNING, attempt=stage.attempt, advanced_at=stage.advanced_at
    )
    if same.update(**values, data={**stage.data, **glance.shown}):
        job = stage.job
        BurninJob.objects.filter(pk=job.pk).update(
            percent=progress.overall_percent(job.stages.all()), waiting_since=None, waiting_reason=""
        )
        store.touch(job)


def _still(item: Watched, glance: Glance, now: datetime, *, halted: bool) -> float:
    stage = item.stage
    before = (stage.bytes_done, stage.percent, stage.data.get("pulse"))
    after = (glance.bytes_done, glance.percent, glance.shown.get("pulse", stage.data.get("pulse")))
    return stillness.still_seconds(
        stage.still_s,
        moved=before != after,
        halted=halted,
        gap_s=(now - stage.observed_at).total_seconds() if stage.observed_at else None,
        most_s=stillness.longest_step(item.watch.every_s),
    )


def _say_waiting(host: Host, error: HostError, now: datetime) -> None:
    """Show on every running burn-in of this host since when, and why, nothing is known of it."""
    with transaction.atomic():
        quiet = BurninJob.objects.filter(drive__host=host, state=JobState.RUNNING, waiting_since__isnull=True)
        for job in quiet:
            BurninJob.objects.filter(pk=job.pk).update(waiting_since=now, waiting_reason=str(error))
            store.touch(job)
