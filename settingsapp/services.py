"""Reading and changing the settings."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import transaction

from audit import actions
from audit import services as audit
from burnin_site.core.errors import BurninError
from settingsapp import readers
from settingsapp.models import StoredSetting
from settingsapp.registry import BY_KEY, DECLARED, Declared, Value

logger = logging.getLogger(__name__)
HIDDEN = "••••"
# Where the mail password goes; the port follows from the encryption.
MAIL_PLACE = ("smtp_host", "smtp_ssl_mode", "smtp_user")


class BadSetting(BurninError):
    """The text does not fit the setting."""

    code: ClassVar[str] = "bad_setting"
    status: ClassVar[int] = 422


class NoSuchSetting(BurninError):
    """Nobody declared a setting of this name."""

    code: ClassVar[str] = "no_such_setting"
    status: ClassVar[int] = 404


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings at one moment. Secrets do not print."""

    poll_interval_seconds: int
    stale_threshold_seconds: int
    max_parallel_burnins: int
    stuck_job_hours: int
    stuck_after_hours: int
    drive_wait_hours: int
    temp_warn_c: int
    temp_crit_c: int
    bad_block_threshold: int
    verdict_policy: str
    default_plan: str
    smtp_host: str
    smtp_ssl_mode: str
    smtp_user: str
    smtp_from: str
    smtp_to: str
    smtp_report_hour: int
    smtp_alert_on_fail: bool
    smtp_alert_on_pass: bool
    smtp_password: str = field(repr=False)
    webhook_url: str = field(repr=False)


def current() -> Settings:
    """Return all settings as they are now, with one query. Not cached: other processes change them."""
    stored = dict(StoredSetting.objects.values_list("key", "value"))
    values: dict[str, Any] = {each.key: _value(each, stored.get(each.key)) for each in DECLARED}
    return Settings(**values)


def get(key: str) -> Value:
    """Return one setting, typed. Who needs several asks `current()`. Raises NoSuchSetting."""
    declared = _declared(key)
    stored = StoredSetting.objects.filter(key=key).values_list("value", flat=True).first()
    return _value(declared, stored)


@transaction.atomic
def change(*, key: str, text: str, actor: User | None) -> Value:
    """Set one setting to what was typed, and return its value.

    Raises NoSuchSetting, or BadSetting with the sentence for the person.
    """
    change_several(texts={key: text}, actor=actor)
    return get(key)


@transaction.atomic
def change_several(*, texts: Mapping[str, str], actor: User | None) -> None:
    """Set these settings to what was typed: all, or none. What is already in force changes nothing.

    Raises NoSuchSetting, or BadSetting; its `detail` has a sentence per setting that cannot be so.
    """
    before = current()
    values = _read_all(texts)
    _check_together(before, values)
    for key, value in values.items():
        if value != getattr(before, key):
            _store(BY_KEY[key], getattr(before, key), value, actor)


def _read_all(texts: Mapping[str, str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for key, text in texts.items():
        declared = _declared(key)
        try:
            values[key] = declared.read(text)
        except ValueError as error:
            errors[key] = f"{declared.label}: {error}"
    if errors:
        raise BadSetting(" ".join(errors.values()), **errors)
    return values


def _check_together(before: Settings, values: Mapping[str, Value]) -> None:
    """Refuse a pair that makes no sense: a "warm" that is hotter than "hot"."""
    warm = int(values.get("temp_warn_c", before.temp_warn_c))
    hot = int(values.get("temp_crit_c", before.temp_crit_c))
    if warm >= hot:
        sentence = f"“Warm” ({warm} °C) must be below “hot” ({hot} °C)."
        raise BadSetting(sentence, **{key: sentence for key in ("temp_warn_c", "temp_crit_c") if key in values})
    if _mail_login_moves(before, values) and before.smtp_password and "smtp_password" not in values:
        sentence = (
            "Password: The mail server, its encryption or its user changed: enter the password again, so that a stored "
            "one is not sent elsewhere."
        )
        raise BadSetting(sentence, smtp_password=sentence)


def _mail_login_moves(before: Settings, values: Mapping[str, Value]) -> bool:
    """Whether the mail password would go to another place than the one for which it was entered."""
    if not values.get("smtp_host", before.smtp_host):
        return False
    return any(values.get(key, getattr(before, key)) != getattr(before, key) for key in MAIL_PLACE)


def _store(declared: Declared, old: Value, value: Value, actor: User | None) -> None:
    name = actor.get_username() if actor else ""
    text = readers.to_text(value)
    StoredSetting.objects.update_or_create(key=declared.key, defaults={"value": text, "changed_by": name})
    shown = (HIDDEN, HIDDEN) if declared.secret else (old, value)
    data = {"key": declared.key, "from": shown[0], "to": shown[1]}
    audit.record(action=actions.SETTINGS_CHANGED, actor=actor, note=declared.label, data=data)


def _declared(key: str) -> Declared:
    try:
        return BY_KEY[key]
    except KeyError as error:
        raise NoSuchSetting(f"There is no setting {key!r}.") from error


def _value(declared: Declared, stored: str | None) -> Value:
    """Return the stored value, or the environment's; also where a newer version no longer accepts what is stored."""
    if stored is None:
        return declared.default
    try:
        return declared.read(stored)
    except ValueError:
        logger.warning("The stored value of a setting cannot be used any more: %s", declared.key)
        return declared.default
