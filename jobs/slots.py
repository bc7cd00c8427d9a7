"""How many burn-ins a host may run at once, and whose turn it is."""

from drives.models import Host
from jobs.models import BurninJob, JobState
from settingsapp import services as settings_services


def slots_of(host: Host) -> int:
    """Return how many burn-ins this host may run at once: its own number, else the setting."""
    return host.max_parallel or settings_services.current().max_parallel_burnins


def take_slot(job: BurninJob) -> bool:
    """Say whether this queued job may start now: a slot is free and nobody on its host has waited longer.

    Call it inside the transaction that marks the job as running. The host's row is locked, so two workers cannot both
    take the last slot.
    """
    host = Host.objects.select_for_update().get(pk=job.drive.host_id)
    on_host = BurninJob.objects.filter(drive__host_id=host.pk)
    running = on_host.filter(state=JobState.RUNNING).count()
    before = on_host.filter(state=JobState.QUEUED, pk__lt=job.pk).count()
    return running + before < slots_of(host)


def next_in_line(host_id: int) -> list[int]:
    """Return the queued jobs of a host that have a slot now, the oldest first; none of a host that is gone."""
    host = Host.objects.filter(pk=host_id).first()
    if host is None:
        return []
    on_host = BurninJob.objects.filter(drive__host_id=host_id)
    free = slots_of(host) - on_host.filter(state=JobState.RUNNING).count()
    if free <= 0:
        return []
    queued = on_host.filter(state=JobState.QUEUED).order_by("pk")
    return list(queued.values_list("pk", flat=True)[:free])
