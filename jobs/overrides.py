"""Overriding what a drive still carries: by an admin, with a reason, for one burn-in."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from burnin_site.core.one_line import wrong_line
from burnin_site.core.roles import Role, may, refusal, role_of
from drives.hosts.program.reason import SOFT
from drives.models import Drive
from jobs.models import BurninJob, Override

LIFE = timedelta(hours=24)
SHORTEST_REASON = 8


class OverrideRefused(BurninError):
    """This cannot be overridden, or not like this."""

    code: ClassVar[str] = "override_refused"
    status: ClassVar[int] = 422


class NotAnAdmin(OverrideRefused):
    """Somebody else asked."""

    code: ClassVar[str] = "role_too_low"
    status: ClassVar[int] = 403


def soft_reasons(drive: Drive) -> list[dict[str, str]]:
    """Return what a drive carries that an admin may override."""
    return [reason for reason in drive.in_use if reason["code"] in SOFT]


def hard_reasons(drive: Drive) -> list[dict[str, str]]:
    """Return what nobody may override."""
    return [reason for reason in drive.in_use if reason["code"] not in SOFT]


@transaction.atomic
def grant(*, drive: Drive, codes: Iterable[str], serial: str, reason: str, actor: User) -> Override:
    """Let one burn-in of this drive, begun within a day, erase what is named. Raises OverrideRefused."""
    if not may(actor, Role.ADMIN):
        raise NotAnAdmin(refusal(role_of(actor), Role.ADMIN))
    current = Drive.objects.select_for_update(of=("self",)).select_related("host").filter(pk=drive.pk).first()
    if current is None:
        raise OverrideRefused(f"{drive.serial} has just been removed with its host.")
    drive = current
    wanted, words = sorted(set(codes)), " ".join(reason.split())
    _check(drive, wanted, serial, words)
    now = timezone.now()
    unused(drive).update(expires_at=now)  # the newest counts, and only it
    made = Override.objects.create(
        drive=drive,
        serial=drive.serial,
        wwn=drive.wwn,
        size_bytes=drive.size_bytes,
        codes=wanted,
        reason=words,
        created_by=actor,
        created_by_name=actor.get_username(),
        created_at=now,
        expires_at=now + LIFE,
    )
    _record(drive, made, actor)
    return made


def unused(drive: Drive) -> QuerySet[Override]:
    """Return the overrides of this drive identity that no burn-in has used."""
    return Override.objects.filter(
        drive=drive, serial=drive.serial, wwn=drive.wwn, size_bytes=drive.size_bytes, job__isnull=True, used_at=None
    )


def usable(drive: Drive, *, now: datetime) -> Override | None:
    """Return the override that a burn-in which starts now would use."""
    return unused(drive).filter(expires_at__gt=now).order_by("-pk").first()


def standing(drive: Drive, override: Override | None) -> list[dict[str, str]]:
    """Return the reasons against a drive that are left."""
    allowed = SOFT.intersection(override.codes) if override else frozenset()
    return [reason for reason in drive.in_use if reason["code"] not in allowed]


def claim(override: Override, job: BurninJob, *, now: datetime) -> bool:
    """Bind an override to the one job that uses it; False when another was faster, or it has expired."""
    open_ones = Override.objects.filter(pk=override.pk, job__isnull=True, used_at=None, expires_at__gt=now)
    return bool(open_ones.update(job=job, used_at=now))


def _check(drive: Drive, codes: Sequence[str], serial: str, reason: str) -> None:
    hard = [code for code in codes if code not in SOFT]
    if hard:
        raise OverrideRefused(f"“{hard[0]}” can never be overridden.", codes=hard)
    shown = {found["code"] for found in soft_reasons(drive)}
    strangers = [code for code in codes if code not in shown]
    if not codes or strangers:
        what = f"{drive.serial} is not refused for “{strangers[0]}”" if strangers else "Nothing was chosen to override"
        raise OverrideRefused(f"{what}. It can be overridden: {', '.join(sorted(shown)) or 'nothing'}.")
    if serial.strip() != drive.serial:
        raise OverrideRefused(f"Type the serial number {drive.serial} to confirm which drive is meant.")
    if said := wrong_line(reason):
        raise OverrideRefused(f"The reason cannot be stored. {said}")
    if len(reason) < SHORTEST_REASON:
        raise OverrideRefused("Give a reason of a few words: it stays in the audit.")


def _record(drive: Drive, made: Override, actor: User) -> None:
    before = sorted({reason["code"] for reason in drive.in_use})
    after = sorted({reason["code"] for reason in standing(drive, made)})
    audit.record(
        action=actions.DRIVE_OVERRIDDEN,
        actor=actor,
        host_name=drive.host.name,
        drive_id=drive.pk,
        drive_serial=drive.serial,
        note=made.reason,
        data={
            "refused_for": {"from": before, "to": after},
            "override": made.pk,
            "wwn": made.wwn,
            "size_bytes": made.size_bytes,
            "expires_at": made.expires_at.isoformat(),
        },
    )
