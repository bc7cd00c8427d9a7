"""Where the program of a host works there."""

from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.live.services import next_version
from drives.models import Host
from drives.models.host import BASE_DIR, OLD_BASE_DIR

# Everybody may make a folder in these, also the one that is ours, before us or after it was cleaned away.
SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/shm", "/run/lock", "/var/lock", "/usr/tmp")  # noqa: S108


def wrong_base_dir(path: str) -> str:
    """Say what is wrong with a working folder that a person entered; nothing for a good one."""
    shared = next((folder for folder in SHARED_FOLDERS if f"{path}/".startswith(f"{folder}/")), "")
    if not shared:
        return ""
    return f"Everybody on the host may write to {shared}. Enter a folder that only root can make, like {BASE_DIR}."


def works_in_old_folder(host: Host) -> bool:
    """Return whether this host still works where version 0.2 did unless told otherwise."""
    return host.base_dir == OLD_BASE_DIR


@transaction.atomic
def leave_old_folder(*, host: Host) -> None:
    """Have a host work in a folder of root's from now on. Nothing of its may run in the old one."""
    Host.objects.filter(pk=host.pk).update(base_dir=BASE_DIR, live_version=next_version())
    host.base_dir = BASE_DIR
    audit.record(
        action=actions.HOST_CHANGED,
        actor=None,
        host_name=host.name,
        note=f"Nothing runs in {OLD_BASE_DIR} any more, where everybody may make a folder.",
        data={"base_dir": {"from": OLD_BASE_DIR, "to": BASE_DIR}},
    )
