"""Which jobs a worker should look at, apart from those whose host has news."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from audit import actions
from audit import services as audit
from drives.models import Host
from jobs import dispatch
from jobs.clocks import passed, ran_out
from jobs.leases import LEASE
from jobs.models import ACTIVE_STATES, BurninJob, BurninStage, JobState, StageState
from jobs.slots import next_in_line
from jobs.stages import get_stage

UNWATCHED = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=5)  # no job is put off for longer (engine: at most 30 s)


def wake_due_jobs(now: datetime) -> None:
    """Wake every job that has waited long enough, was asked to stop, has a free slot, or whose worker vanished."""
    due = set(_waiting_over(now)) | set(_asked_to_stop()) | set(_left_alone(now))
    for host_id in Host.objects.filter(stopped=False).values_list("pk", flat=True):
        due.update(next_in_line(host_id))
    dispatch.wake_all(sorted(_sparing_workers(due, now)))


def _sparing_workers(due: set[int], now: datetime) -> set[int]:
    """Return the jobs to wake without those that would have all workers wait for hosts that do not answer.

    A step on such a host takes a worker a minute: one job of each host at a time, and half of the workers at most.
    """
    silent = BurninJob.objects.filter(state__in=ACTIVE_STATES, drive__host__reachable=False)
    waiting = dict(silent.filter(pk__in=due).order_by("due_at", "pk").values_list("pk", "drive__host_id"))
    if not waiting:
        return due
    at_work = silent.filter(~ran_out("lease_until", LEASE, now) | Q(woken_at__gt=now - dispatch.WAKE_AGAIN_AFTER))
    busy = set(at_work.values_list("drive__host_id", flat=True))
    room = max(1, settings.WORKERS // 2) - len(busy)
    chosen = due - waiting.keys()
    for job_id, host_id in waiting.items():
        if host_id not in busy and room > 0:
            chosen.add(job_id)
            busy.add(host_id)
            room -= 1
    return chosen


def _waiting_over(now: datetime) -> list[int]:
    over = BurninJob.objects.filter(
        ran_out("due_at", LONGEST_PAUSE, now), due_at__isnull=False, state__in=ACTIVE_STATES, drive__host__stopped=False
    )
    return list(over.values_list("pk", flat=True))


def _asked_to_stop() -> list[int]:
    asked = Q(cancel_requested_at__isnull=False) | ~Q(stop_reason="")
    jobs = BurninJob.objects.filter(asked, state__in=ACTIVE_STATES, due_at__isnull=True)
    return list(jobs.values_list("pk", flat=True))


def _left_alone(now: datetime) -> list[int]:
    """Return running jobs that nobody moves: between two stages, or in a stage that has nothing to watch yet."""
    jobs = BurninJob.objects.filter(
        ran_out("lease_until", LEASE, now),
        state=JobState.RUNNING,
        due_at__isnull=True,
        paused_at__isnull=True,
        drive__host__stopped=False,
    )
    stages = BurninStage.objects.filter(job__in=jobs, state=StageState.RUNNING)
    watched, alone = set(), set()
    for stage in stages:
        stale = passed(stage.advanced_at, UNWATCHED, now)
        if get_stage(stage.stage_name).watch(stage.data) is None and stale:
            alone.add(stage.job_id)
        else:
            watched.add(stage.job_id)
    return sorted(alone | (set(jobs.values_list("pk", flat=True)) - watched))


def stop_overlong_jobs(hours: int, now: datetime) -> None:
    """End jobs that run longer than the cap (0: none). They end unknown: time alone says nothing of a drive."""
    if hours <= 0:
        return
    for job in BurninJob.objects.filter(
        state=JobState.RUNNING, started_at__lt=now - timedelta(hours=hours), stop_reason=""
    ).select_related("drive__host"):
        reason = f"Stopped after {hours} hours, the limit set in the settings (STUCK_JOB_HOURS)."
        _stop(job, reason)


def stop_stuck_jobs(hours: int, now: datetime) -> None:
    """End jobs whose stage stood still for so long although it could have moved. They end unknown, without blame."""
    running = BurninStage.objects.filter(
        state=StageState.RUNNING, still_s__gte=hours * 3600, job__state=JobState.RUNNING, job__stop_reason=""
    ).filter(job__paused_at__isnull=True, job__cancel_requested_at__isnull=True)
    for stage in running.select_related("job__drive__host"):
        kind = get_stage(stage.stage_name)
        if stage.still_s >= kind.stuck_after_s(stage.data, hours * 3600):
            _stop(stage.job, _stuck_words(stage, kind.label))


def _stuck_words(stage: BurninStage, label: str) -> str:
    return (
        f"{label} stood still at {stage.percent:.1f} % for {stage.still_s / 3600:.1f} hours although its host answered "
        "and nobody had paused it, so it was stopped. The drive or its controller may hang."
    )


def _stop(job: BurninJob, reason: str) -> None:
    if BurninJob.objects.filter(pk=job.pk, stop_reason="").update(stop_reason=reason):
        audit.record(
            action=actions.JOB_STUCK,
            actor=None,
            host_name=job.drive.host.name,
            drive_id=job.drive_id,
            drive_serial=job.serial,
            job_id=job.pk,
            note=reason,
        )
        dispatch.wake(job.pk)
