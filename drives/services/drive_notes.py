"""What people write about a drive."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from burnin_site.core.live.services import next_version
from burnin_site.core.one_line import wrong_line, wrong_text
from drives.models import Drive

CHECKS = {"location": wrong_line, "notes": wrong_text}


class InvalidLabel(BurninError):
    """What was written about a drive has a character that cannot be seen. `detail["fields"]` says where."""

    code = "invalid"
    status = 422


class DriveGone(BurninError):
    """The drive's host has just been removed, and the drive with it."""

    code = "not_found"
    status = 404


@transaction.atomic
def change_drive(*, drive: Drive, actor: User | None, location: str | None = None, notes: str | None = None) -> Drive:
    """Write down where a drive is or what is to be known about it. None leaves it as it was.

    Raises InvalidLabel or DriveGone.
    """
    version = next_version()  # before the drive: whoever stores what a host shows takes them in this order, too
    current = Drive.objects.select_for_update(of=("self",)).select_related("host").filter(pk=drive.pk).first()
    if current is None:
        raise DriveGone(f"{drive.serial} has just been removed with its host.")
    changed = {}
    for field, value in (("location", location), ("notes", notes)):
        if value is not None and value != getattr(current, field):
            changed[field] = {"from": getattr(current, field), "to": value}
            setattr(current, field, value)
    if not changed:
        return current
    _check(current, changed)
    current.live_version = version
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


def _check(drive: Drive, changed: Iterable[str]) -> None:
    """Refuse what cannot be seen: a place is a name, notes are a text of several lines."""
    said = {name: CHECKS[name](getattr(drive, name)) for name in changed}
    wrong = {name: [sentence] for name, sentence in said.items() if sentence}
    if wrong:
        raise InvalidLabel(" ".join(f"{name}: {sentences[0]}" for name, sentences in wrong.items()), fields=wrong)
