"""Why a drive is not burnt in, as far as the database knows. The host checks again before it writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from drives.models import Drive
from jobs import confirmations, holders, overrides, wipe_tokens
from jobs.models import BurninJob, Override
from jobs.plan_choice import settled
from jobs.plans import Plan

HARD_TO_MISS = "Type its serial number to confirm that everything on it will be erased."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a drive is not burnt in."""

    drive_id: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Start:
    """A wish to start: who wants which plan, and what was typed and shown for each drive."""

    plan: Plan
    actor: User
    confirm: Mapping[str, str]
    tokens: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """What lets a drive be erased: the secret of its confirmation, and the override it needs."""

    secret: str = ""
    override: Override | None = None


def judge(drive_id: int, drive: Drive | None, start: Start) -> Consent | Refusal:
    """Return what lets this drive be burnt in, or why it may not be."""
    if drive is None:
        return Refusal(drive_id, "no_such_drive", f"There is no drive {drive_id}.")
    refuse = _general_refusal(drive)
    if refuse:
        return Refusal(drive_id, *refuse)
    if not start.plan.destructive:
        return Consent()
    override = overrides.usable(drive, now=start.now)
    refuse = condition(drive, override)
    if refuse:
        return Refusal(drive_id, *refuse)
    return consent_of(drive, start, override)


def refusal_now(job: BurninJob, drive: Drive, *, destructive: bool) -> str:
    """Return why this burn-in may not go on with this drive at this moment, as a sentence; empty when it may."""
    refuse = _general_refusal(drive, besides=job)
    if refuse is None and destructive:
        refuse = condition(drive, Override.objects.filter(job=job).first())
    return refuse[1] if refuse else ""


def taken(drive: Drive, *, besides: BurninJob | None = None) -> tuple[str, str] | None:
    """Return which other burn-in has this physical drive, on whatever row: code and sentence."""
    holder = holders.of_drive(drive, besides=besides)
    return ("already_active", holders.sentence(drive.serial, drive.pk, holder)) if holder else None


def _general_refusal(drive: Drive, *, besides: BurninJob | None = None) -> tuple[str, str] | None:
    refuse = taken(drive, besides=besides)
    if refuse:
        return refuse
    if not drive.present:
        return "not_present", f"{drive.serial} is not in {drive.host.name} at the moment."
    if not drive.host.has_shell:
        return "no_shell", f"There is no SSH login for {drive.host.name}. An admin can add one to the host."
    if drive.host.stopped:
        return "host_stopped", f"All work on {drive.host.name} is stopped: {drive.host.error}"
    if drive.size_bytes <= 0:
        return "size_zero", f"{drive.serial} reports a size of 0 bytes; there is nothing to test."
    return None


def condition(drive: Drive, override: Override | None) -> tuple[str, str] | None:
    """Return why nothing may be erased on this drive whoever confirms it: code and sentence."""
    if not drive.host.armed:
        return "disarmed", f"{drive.host.name} is disarmed: an admin must arm it before anything is erased on it."
    left = overrides.standing(drive, override)
    if not left:
        return None
    reasons = " ".join(reason["message"] for reason in left)
    if overrides.hard_reasons(drive):
        return "in_use", f"{drive.serial} will not be touched. {reasons}"
    return "needs_override", f"{drive.serial} will not be touched. {reasons} An admin can override this."


def consent_of(drive: Drive, start: Start, override: Override | None) -> Consent | Refusal:
    """Return the confirmation that was given for erasing this drive, or what is wrong with it."""
    token = start.tokens.get(str(drive.pk), "")
    secret, typed = wipe_tokens.new_secret(), False
    if token:
        try:
            shown = confirmations.read(token, user=start.actor, drive=drive, plan=start.plan, now=start.now)
        except confirmations.TokenRefused as error:
            return Refusal(drive.pk, error.code, str(error))
        secret, typed = shown.secret, shown.typed
        if wipe_tokens.is_used(secret):
            return Refusal(drive.pk, "token_reused", f"{drive.serial} was started with this confirmation before.")
    refuse = None if typed else wrong_serial(drive, str(start.confirm.get(str(drive.pk), "")))
    return Refusal(drive.pk, *refuse) if refuse else Consent(secret, override)


def wrong_serial(drive: Drive, typed: str) -> tuple[str, str] | None:
    """Return what is wrong with what was typed for this drive: code and sentence."""
    if typed.strip() == drive.serial:
        return None
    if not typed.strip():
        return "not_confirmed", f"Nothing was typed for the serial number of {_name(drive)}. {HARD_TO_MISS}"
    return "wrong_serial", f"“{typed}” is not the serial number of {_name(drive)}. {HARD_TO_MISS}"


def _name(drive: Drive) -> str:
    return drive.devname or drive.serial


def confirm(
    *, drive_ids: Sequence[int], plan: Plan, typed: Mapping[str, str], actor: User
) -> tuple[list[dict[str, object]], list[Refusal]]:
    """Return a token for each drive that may be erased and whose serial number was typed, and the refusals."""
    start = Start(settled(plan), actor, typed, {}, timezone.now())
    drives = Drive.objects.select_related("host").in_bulk(list(drive_ids))
    given: list[dict[str, object]] = []
    refused: list[Refusal] = []
    for drive_id in dict.fromkeys(drive_ids):
        drive = drives.get(drive_id)
        judged = judge(drive_id, drive, start)
        if isinstance(judged, Refusal):
            refused.append(judged)
        elif drive is not None:
            token = confirmations.issue(user=actor, drives=[drive], plan=start.plan, typed=True, now=start.now)
            given.append({"drive_id": drive_id, "token": token, "expires_at": start.now + confirmations.LIFE})
    return given, refused
