"""Which active burn-in has a physical drive, on whatever host, port or name it is seen.

The database itself holds the rule by the key `BurninJob.identity`; here the one that has the drive is found, to be
named in a sentence. Two serial numbers under one registered WWN (a bridge or an API that shortens them) have two keys:
they are refused by what is found here, at the start and once more at each launch.

So are two of which one is the beginning or the end of the other (a bridge that adds a suffix, an API that puts "WD-" in
front), at one size, where no WWN says that they are two drives. No constraint can hold this: which serial number is a
part of which is no equality. Two starts at the same moment may both be queued; the launch of the second is refused.
"""

from django.db.models import Q

from drives.hosts.program.identity import canonical_serial
from drives.models import Drive
from jobs.identity import REGISTERED_WWN, identity_of, is_part, is_worldwide, parts_of
from jobs.models import ACTIVE_STATES, BurninJob


def of_drive(drive: Drive, *, besides: BurninJob | None = None) -> BurninJob | None:
    """Return the active burn-in that has this physical drive."""
    here = Q(drive=drive) | same_drive(identity_of(drive.serial), drive.serial, drive.wwn, drive.size_bytes)
    return _first(here, besides)


def rival_of(job: BurninJob) -> BurninJob | None:
    """Return another active burn-in that has the physical drive of this one. There should be none."""
    return _first(same_drive(job.identity, job.serial, job.wwn, job.size_bytes), job)


def same_drive(identity: str, serial: str, wwn: str, size_bytes: int) -> Q:
    """Return what all burn-ins of one physical drive have.

    That is its key; or its registered WWN and its size; or a part of its key and its size.
    """
    same = Q(identity=identity) & ~Q(identity="")
    # Without a key: of 0.2.0, and being ended because another burn-in has the drive. It may still write.
    same |= Q(identity="", serial__iexact=canonical_serial(serial))
    same |= _longer_or_shorter(identity, wwn, size_bytes)
    return same | Q(wwn=wwn, size_bytes=size_bytes) if is_worldwide(wwn) else same


def _longer_or_shorter(identity: str, wwn: str, size_bytes: int) -> Q:
    parts = parts_of(identity)
    if not parts:  # it is too short to be a part, and has none
        return Q(pk__in=())
    alike = Q(identity__in=parts) | Q(identity__startswith=identity) | Q(identity__endswith=identity)
    if is_worldwide(wwn):
        alike &= Q(wwn=wwn) | ~Q(wwn__regex=f"^{REGISTERED_WWN.pattern}$")
    return alike & Q(size_bytes=size_bytes)


def sentence(serial: str, drive_id: int, holder: BurninJob) -> str:
    """Say which burn-in has the drive that is this row, and where."""
    where = "" if holder.drive_id == drive_id else f" on {holder.drive.host.name} ({_seen(serial, holder)})"
    return f"{serial} is already in burn-in {holder.pk}{where}."


def just_taken(serial: str) -> str:
    """Say that another burn-in was faster, and is over by now."""
    return f"{serial} has just been put into another burn-in. Look at it, and try again."


def _seen(serial: str, holder: BurninJob) -> str:
    name = holder.drive.devname or "a drive"
    if identity_of(serial) == identity_of(holder.serial):
        return f"seen there as {name}"
    if is_part(identity_of(serial), identity_of(holder.serial)):
        return f"seen there as {name} with the serial number {holder.serial}, of which one is a part of the other"
    return f"seen there as {name} with the serial number {holder.serial} and the same WWN"


def _first(same: Q, besides: BurninJob | None) -> BurninJob | None:
    active = BurninJob.objects.filter(same, state__in=ACTIVE_STATES).select_related("drive__host").order_by("pk")
    return (active.exclude(pk=besides.pk) if besides else active).first()
