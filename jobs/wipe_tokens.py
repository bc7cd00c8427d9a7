"""Accepted confirmations: one row per destructive job, made with the job and spent by its first destructive launch.

Ten minutes lie at most between the showing and the start (`jobs.confirmations`), and between the host's permit and the
launch (`drives/hosts/program/permits.py`). In between a job may queue for days: what was confirmed stays confirmed for
exactly this job, and each launch is compared with it again. A job that has ended and is tried again is confirmed again
when its confirmation is older than those ten minutes (`jobs.retrying`).
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import User

from drives.hosts.errors import HostError
from drives.models import Host
from jobs.confirmations import LIFE, hash_of, plan_hash
from jobs.models import BurninJob, WipeToken
from jobs.plans import Plan

AGAIN = "Nothing was written. Start the burn-in again to confirm it."


class LaunchRefused(HostError):
    """Nobody confirmed what is to be launched."""

    code = "launch_refused"


class LaunchWaits(HostError):
    """What was begun may not go on at the moment."""

    code = "host_disarmed"
    permanent: ClassVar[bool] = False


def new_secret() -> str:
    """Return the secret of a confirmation that is accepted in the same request in which the serial was typed."""
    return secrets.token_hex(16)


def digest(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_used(secret: str) -> bool:
    """Say whether a job was started with this confirmation before."""
    return WipeToken.objects.filter(token_hash=digest(secret)).exists()


def accept(*, secret: str, job: BurninJob, plan: Plan, user: User, codes: Sequence[str], now: datetime) -> WipeToken:
    """Bind a confirmation to its job. A secret that is used twice breaks a constraint of the database."""
    return WipeToken.objects.create(
        token_hash=digest(secret),
        user=user,
        user_name=user.get_username(),
        plan_hash=hash_of(plan),
        serial=job.serial,
        wwn=job.wwn,
        size_bytes=job.size_bytes,
        overrides=sorted(codes),
        job=job,
        accepted_at=now,
    )


def is_old(job: BurninJob, *, now: datetime) -> bool:
    """Say whether the confirmation of this job is missing, or older than one may be at a start."""
    token = WipeToken.objects.filter(job=job).only("accepted_at").first()
    return token is None or not -LIFE <= now - token.accepted_at <= LIFE


def renew(*, secret: str, job: BurninJob, plan: Plan, user: User, now: datetime) -> None:
    """Put a new confirmation in the place of the job's old one; its next launch spends it.

    What the old one let be erased besides stays with it, for as long as an override may.
    """
    WipeToken.objects.update_or_create(
        job=job,
        defaults={
            "token_hash": digest(secret),
            "user": user,
            "user_name": user.get_username(),
            "plan_hash": hash_of(plan),
            "serial": job.serial,
            "wwn": job.wwn,
            "size_bytes": job.size_bytes,
            "accepted_at": now,
            "spent_at": None,
            "spent_by_run": "",
        },
    )


def allow_launch(*, job: BurninJob, run_id: str, now: datetime) -> WipeToken:
    """Return the confirmation under which this job may launch a run; the first launch spends it.

    Raises LaunchRefused when there is none for this plan and this drive, or the host was disarmed before anything
    began; LaunchWaits when it was disarmed since.
    """
    token = WipeToken.objects.filter(job=job).first()
    if token is None:
        raise LaunchRefused(f"Nobody confirmed that {job.serial} is erased. {AGAIN}")
    stages = job.stages.order_by("position").values_list("stage_name", flat=True)
    if token.plan_hash != plan_hash(job.profile, stages, job.plan):
        raise LaunchRefused(f"Another plan was confirmed for {job.serial} than the one that runs. {AGAIN}")
    if (token.serial, token.wwn, token.size_bytes) != (job.serial, job.wwn, job.size_bytes):
        raise LaunchRefused(f"{token.serial} was confirmed, but this burn-in is of {job.serial}. {AGAIN}")
    _check_armed(job, token)
    spent = WipeToken.objects.filter(pk=token.pk, spent_at__isnull=True)
    spent.update(spent_at=now, spent_by_run=run_id)
    return token


def _check_armed(job: BurninJob, token: WipeToken) -> None:
    host = Host.objects.only("name", "armed").get(pk=job.drive.host_id)
    if host.armed:
        return
    if token.spent_at is None:
        raise LaunchRefused(f"{host.name} was disarmed after {job.serial} was confirmed. {AGAIN}")
    raise LaunchWaits(f"{host.name} is disarmed; this goes on when an admin arms it again.")
