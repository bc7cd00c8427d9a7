"""Confirmations on their way: a signed token that says what was shown to whom, and when.

A dialog, or an API client, gets a token when it is shown what will be erased. It comes back with the start, within ten
minutes, once, from the same person, for the same drive identities and the same plan. Nothing is stored until then;
what was accepted is a row (`jobs.wipe_tokens`), whose unique hash makes a second use impossible.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core import signing

from drives.models import Drive
from jobs.plans import Plan

LIFE = timedelta(minutes=10)
SALT = "jobs.confirmation"
ANY_PLAN = ""  # of a dialog: the plan is chosen in it, and the serial number typed under it


@dataclass(frozen=True, slots=True)
class Shown:
    """A token that was read and is good for a drive. `typed`: its serial number was typed when it was issued."""

    secret: str
    typed: bool


class TokenRefused(Exception):
    """The token does not allow this. `code` is for programs, the text for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def plan_hash(profile: str, stages: Iterable[str], surface: str) -> str:
    """Return the name of a plan: another stage, another order, or another surface test is another plan."""
    return hashlib.sha256(json.dumps([profile, surface, *stages]).encode()).hexdigest()


def hash_of(plan: Plan) -> str:
    """Return the name of this plan."""
    return plan_hash(plan.profile, plan.stages, plan.surface)


def issue(*, user: User, drives: Iterable[Drive], plan: Plan | None, typed: bool, now: datetime) -> str:
    """Return a token for these drives. Without a plan it is one for a dialog that chooses it."""
    content = {
        "nonce": secrets.token_hex(16),
        "user": user.pk,
        "drives": sorted(_identity(drive) for drive in drives),
        "plan": hash_of(plan) if plan else ANY_PLAN,
        "typed": typed,
        "at": now.timestamp(),
    }
    return signing.Signer(salt=SALT).sign_object(content)


def read(token: str, *, user: User, drive: Drive, plan: Plan, now: datetime) -> Shown:
    """Return what a token is good for. Raises TokenRefused."""
    content = _content(token)
    age = now.timestamp() - content["at"]
    if not -LIFE.total_seconds() <= age <= LIFE.total_seconds():
        message = "This was shown more than ten minutes ago. Look at the drives again, and confirm again."
        raise TokenRefused("token_expired", message)
    if content["user"] != user.pk:
        raise TokenRefused("token_other_user", "This was confirmed by somebody else. Confirm it yourself.")
    if content["plan"] not in (ANY_PLAN, hash_of(plan)):
        raise TokenRefused("token_other_plan", "Another plan was confirmed than the one that is to start.")
    if _identity(drive) not in content["drives"]:
        message = f"{drive.serial} is not, or no longer, among the drives that were confirmed."
        raise TokenRefused("token_other_drive", message)
    return Shown(f"{content['nonce']}:{drive.pk}", bool(content["typed"]))


def _content(token: str) -> dict[str, Any]:
    try:
        content = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        message = "Nothing was confirmed: the token is missing or not one of ours. Open the dialog again."
        raise TokenRefused("token_unknown", message) from error
    return dict(content)


def _identity(drive: Drive) -> str:
    words = f"{drive.pk}|{drive.serial}|{drive.wwn}|{drive.size_bytes}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]
