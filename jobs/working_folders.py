"""When a host may leave the working folder of version 0.2, and burn-ins whose folder is not ours alone."""

from django.db import transaction
from django.db.models import QuerySet

from drives import services as drives
from drives.hosts.errors import HostError, UnsafeFolder
from drives.models import Host
from jobs import dispatch
from jobs.models import BurninJob, JobState


def settle(host: Host) -> None:
    """Let a host work in a folder of root's as soon as no burn-in of its has anything in the old one.

    A burn-in that version 0.2 began ends where it began. The row is locked as it is when a queued burn-in gets its
    slot: none begins in between.
    """
    if not drives.works_in_old_folder(host):
        return
    with transaction.atomic():
        current = Host.objects.select_for_update().get(pk=host.pk)
        if drives.works_in_old_folder(current) and not _running(current).exists():
            drives.leave_old_folder(host=current)
            host.base_dir = current.base_dir


def why_it_stays(host: Host) -> str:
    """Say which burn-ins would lose what they have in a host's working folder if it were another one; or nothing."""
    running = ", ".join(str(pk) for pk in _running(host).order_by("pk").values_list("pk", flat=True)[:5])
    if not running:
        return ""
    return f"Burn-ins run in the working folder of {host.name} ({running}). Change it when they have ended."


def give_up_if_unsafe(host: Host, error: HostError) -> None:
    """Have workers end what runs on a host whose folder others have a hand in: to wait would be for ever."""
    if isinstance(error, UnsafeFolder):
        dispatch.wake_all(_running(host).values_list("pk", flat=True))


def _running(host: Host) -> QuerySet[BurninJob]:
    return BurninJob.objects.filter(drive__host_id=host.pk, state=JobState.RUNNING)
