"""Temperatures of drives that are burned in: taken from what the observer reads anyway, kept, thinned out.

Nothing is asked of a drive for this: no sleeping drive is woken, no test disturbed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min

from drives.hosts.ports import DiskInfo
from jobs import dispatch, heat
from jobs.heat import Advice, Exposure, Sample, Thresholds
from jobs.models import BurninJob, BurninStage, JobState, TemperatureSample
from jobs.stages import all_stages
from settingsapp import services as settings_services

RECENT = timedelta(hours=2)
COARSE = timedelta(minutes=10)  # of what is older than recent, the hottest of every ten minutes stays
BELIEVABLE_C = range(1, 126)  # a drive without a sensor says 0, -1 or 255
SILENT = (
    "It was paused because the drive was too hot, and then told no temperature for 30 minutes. "
    "This is not the drive's fault."
)


def note(*, host_id: int, disks: Iterable[DiskInfo], now: datetime) -> None:
    """Keep what a host just said of its drives' temperatures, and wake the burn-ins that must react."""
    jobs = list(BurninJob.objects.filter(drive__host_id=host_id, state=JobState.RUNNING).select_related("drive"))
    if not jobs:
        return
    told = _by_serial(disks)
    temp_crit_c = settings_services.current().temp_crit_c
    with transaction.atomic():  # only writes: how long the disks of a host keep others from writing is not up to it
        for job in jobs:
            celsius = told.get(job.serial)
            if celsius is not None and celsius in BELIEVABLE_C:
                TemperatureSample.objects.create(job=job, at=now, celsius=celsius, stage_name=job.stage_name)
                _thin_out(job.pk, now)
    for job in jobs:
        _react(job, limits_of(job, temp_crit_c), now)


def limits_of(job: BurninJob, temp_crit_c: int) -> Thresholds:
    """Return the thresholds of a job's drive: its own limit was read at the precheck."""
    data = BurninStage.objects.filter(job=job, stage_name="precheck").values_list("data", flat=True).first() or {}
    return heat.thresholds(temp_crit_c, (data.get("smart") or {}).get("temperature_limit"))


def recent(job: BurninJob, now: datetime) -> list[Sample]:
    """Return the readings of the last two hours, oldest first."""
    rows = TemperatureSample.objects.filter(job=job, at__gt=now - RECENT, at__lte=now).order_by("at")
    return [Sample(at, celsius) for at, celsius in rows.values_list("at", "celsius")]


def exposure(job: BurninJob, temp_crit_c: int) -> Exposure | None:
    """Return what temperatures this burn-in has seen; None when none was read."""
    seen = TemperatureSample.objects.filter(job=job).aggregate(
        samples=Count("pk"), highest=Max("celsius"), lowest=Min("celsius")
    )
    return Exposure(**seen, critical=temp_crit_c, pauses=job.heat_pauses) if seen["samples"] else None


def _by_serial(disks: Iterable[DiskInfo]) -> dict[str, int | None]:
    """Return the temperature by serial number; of a number that two disks show, nobody knows whose it is."""
    told: dict[str, int | None] = {}
    for disk in disks:
        told[disk.serial] = None if disk.serial in told else disk.temperature_c
    return told


def _react(job: BurninJob, limits: Thresholds, now: datetime) -> None:
    samples = recent(job, now)
    advice = heat.advise(samples, limits, cooling=job.cooling_since is not None, now=now)
    silent = job.cooling_since is not None and _is_silent(job, samples, now)
    if advice is Advice.GIVE_UP or silent:
        _stop(job, _too_hot(samples, limits) if advice is Advice.GIVE_UP else SILENT)
    elif advice is not Advice.GO_ON and can_rest(job.stage_name):
        _make_due(job, now)


@transaction.atomic
def _stop(job: BurninJob, reason: str) -> None:
    BurninJob.objects.filter(pk=job.pk, stop_reason="").update(stop_reason=reason)
    dispatch.wake(job.pk)


@transaction.atomic
def _make_due(job: BurninJob, now: datetime) -> None:
    """Have a worker pause or continue. A wake-up that meets one at work is lost; what is due is not."""
    BurninJob.objects.filter(pk=job.pk, due_at=None).update(due_at=now)
    dispatch.wake(job.pk)


def can_rest(stage_name: str) -> bool:
    """Say whether this stage's work is done from the host, so that it can be paused there."""
    return any(stage.key == stage_name and stage.destructive for stage in all_stages())


def _is_silent(job: BurninJob, samples: list[Sample], now: datetime) -> bool:
    """Whether the host answered, but nobody knows for half an hour how hot a paused drive is."""
    last = samples[-1].at if samples else job.cooling_since
    return last is not None and now - last >= heat.LONGEST_HOT


def _too_hot(samples: list[Sample], limits: Thresholds) -> str:
    minutes = heat.LONGEST_HOT.seconds // 60
    return (
        f"The drive was at {limits.critical} °C or more for {minutes} minutes, at last {samples[-1].celsius} °C. "
        "Cool it and start again; this says nothing against it."
    )


def _thin_out(job_id: int, now: datetime) -> None:
    """Leave the hottest reading of the ten minutes that are no longer recent."""
    end = now - RECENT
    end -= timedelta(minutes=end.minute % 10, seconds=end.second, microseconds=end.microsecond)
    old = TemperatureSample.objects.filter(job_id=job_id, at__gte=end - COARSE, at__lt=end)
    hottest = old.order_by("-celsius", "at").first()
    if hottest is not None:
        old.exclude(pk=hottest.pk).delete()
