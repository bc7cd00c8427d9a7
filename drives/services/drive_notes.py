"""What people write about a drive."""

from django.contrib.auth.models import User
from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.live.services import next_version
from drives.models import Drive


@transaction.atomic
def change_drive(*, drive: Drive, actor: User | None, location: str | None = None, notes: str | None = None) -> Drive:
    """Write down where a drive is or what is to be known about it. None leaves it as it was."""
    current = Drive.objects.select_for_update().select_related("host").get(pk=drive.pk)
    changed = {}
    for field, value in (("location", location), ("notes", notes)):
        if value is not None and value != getattr(current, field):
            changed[field] = {"from": getattr(current, field), "to": value}
            setattr(current, field, value)
    if not changed:
        return current
    current.live_version = next_version()
    current.save(update_fields=[*changed, "live_version"])
    audit.record(
        action=actions.DRIVE_CHANGED,
        actor=actor,
        host_name=current.host.name,
        drive_id=current.pk,
        drive_serial=current.serial,
        data=changed,
    )
    return current
