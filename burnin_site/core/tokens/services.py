"""API tokens: made under a name, counted, and ended with whatever they were made under."""

from datetime import datetime, timedelta
from typing import ClassVar, Final, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from knox.models import AuthToken

from burnin_site.core.errors import BurninError
from burnin_site.core.one_line import wrong_line
from burnin_site.core.tokens.models import UNNAMED, TokenLabel

# More than a person's scripts need; few enough to be looked through, and a script that makes one per call is found.
MOST_PER_PERSON: Final = 25
LONGEST_NAME: Final = 60
# How exact "last used" is: a program that asks ten times a second must not write ten times a second.
USE_NOTED_EVERY: Final = timedelta(minutes=1)


class TooManyTokens(BurninError):
    """This person has as many tokens as one person may have."""

    code: ClassVar[str] = "too_many_tokens"


class BadToken(BurninError):
    """The name or the life that was asked for cannot be. `detail["fields"]` says where."""

    code: ClassVar[str] = "invalid"
    status: ClassVar[int] = 422


class Made(NamedTuple):
    """A new token. `secret` is shown once, and stored as a digest."""

    label: TokenLabel
    secret: str


def tokens_of(user: User) -> QuerySet[TokenLabel]:
    """Return what this person's tokens are called, the newest first; those that have expired open nothing."""
    alive = Q(token__expiry__isnull=True) | Q(token__expiry__gt=timezone.now())
    return TokenLabel.objects.filter(alive, token__user=user).select_related("token").order_by("-pk")


@transaction.atomic
def make_token(*, user: User, name: str = UNNAMED, days: int | None = None) -> Made:
    """Make a token that works for so many days, at most API_TOKEN_DAYS; None: as long as it may.

    Raises BadToken or TooManyTokens.
    """
    _check(name, days)
    User.objects.select_for_update().get(pk=user.pk)  # two at once must not both become the last one allowed
    AuthToken.objects.filter(user=user, expiry__lte=timezone.now()).delete()
    if AuthToken.objects.filter(user=user).count() >= MOST_PER_PERSON:
        raise TooManyTokens(
            f"You have {MOST_PER_PERSON} API tokens, the most one person may have. End one that is no longer used: "
            "GET and DELETE /api/v1/tokens, or ask an admin."
        )
    lifetime = timedelta(days=days or settings.API_TOKEN_DAYS)
    stored, secret = AuthToken.objects.create(user=user, expiry=lifetime)  # type: ignore[no-untyped-call]
    return Made(TokenLabel.objects.create(token=stored, name=name.strip() or UNNAMED), secret)


def end_tokens(user: User) -> None:
    """End every token of this person: the password, the account or the role they were made under is no more."""
    AuthToken.objects.filter(user=user).delete()


def note_use(token: AuthToken, now: datetime) -> None:
    """Remember that a token was used, at most once a minute. One made by hand gets its label now."""
    label = TokenLabel.objects.filter(token=token).first()
    if label is None:
        TokenLabel.objects.get_or_create(token=token, defaults={"last_used_at": now})
    elif label.last_used_at is None or abs(now - label.last_used_at) >= USE_NOTED_EVERY:
        TokenLabel.objects.filter(pk=label.pk).update(last_used_at=now)


def _check(name: str, days: int | None) -> None:
    wrong: dict[str, list[str]] = {}
    said = wrong_line(name.strip())
    if said or len(name) > LONGEST_NAME:
        wrong["name"] = [said or f"A name has at most {LONGEST_NAME} characters."]
    if days is not None and not 1 <= days <= settings.API_TOKEN_DAYS:
        wrong["days"] = [f"A token works for 1 to {settings.API_TOKEN_DAYS} days (API_TOKEN_DAYS)."]
    if wrong:
        sentence = " ".join(f"{field}: {' '.join(sentences)}" for field, sentences in wrong.items())
        raise BadToken(sentence, fields=wrong)
