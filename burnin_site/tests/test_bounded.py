"""What is stored and shown has an end, whoever wrote it and whenever."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from audit.models import AuditEvent
from burnin_site.core import bounded
from burnin_site.core.bounded import (
    LOG_CHARS,
    MARK,
    MOST_ITEMS,
    SENTENCE_CHARS,
    BoundedJSONField,
    BoundedTextField,
    cut,
    cut_all,
)
from burnin_site.core.secrets import EncryptedTextField
from drives.models import Host

OURS = ("audit", "settingsapp", "drives", "jobs", "core", "live")
# What must stay as it is to the letter; the edge where it comes in has limits of its own.
EXACT = {
    "drives.Host.host_key",
    "drives.Host.host_key_offered",
    "drives.Host.tools",
    "drives.Drive.in_use",
    "drives.Drive.smart_attrs",
    "jobs.Override.codes",
    "jobs.WipeToken.overrides",
    "jobs.BurninStage.data",
    "jobs.BurninStage.position_log",
}


def long_columns() -> dict[str, Any]:
    """Return every column of ours that could hold a text without end."""
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": field
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.fields
        if isinstance(field, models.TextField | models.JSONField) and not isinstance(field, EncryptedTextField)
    }


def test_every_long_column_has_an_end_or_a_reason_not_to() -> None:
    loose = {
        name for name, field in long_columns().items() if not isinstance(field, BoundedTextField | BoundedJSONField)
    }
    assert loose == EXACT


@pytest.mark.parametrize(
    ("text", "most", "keep_end"),
    [("x" * 100, 50, False), ("x" * 100, 50, True), ("é" * 5000, 60, False), ("\n" * 100, 50, True)],
)
def test_a_cut_text_fits_and_says_so_and_is_not_cut_again(text: str, most: int, *, keep_end: bool) -> None:
    short = cut(text, most, keep_end=keep_end)
    assert len(short) <= most
    assert MARK.strip() in short
    assert cut(short, most, keep_end=keep_end) == short


def test_of_a_log_the_end_is_kept() -> None:
    assert cut("begin" + "x" * 100 + "end", 50, keep_end=True).endswith("end")
    assert cut("begin" + "x" * 100 + "end", 50).startswith("begin")


def test_what_fits_is_left_alone() -> None:
    facts = {"a": [1, 2.5, None, True, "text"], "b": {"c": []}}
    assert cut_all(facts) == facts
    assert cut("text", 4) == "text"


@pytest.mark.parametrize(
    "facts",
    ["x" * 10**6, ["x" * 10**6], {"a": {"b": ["x" * 10**6]}}, list(range(10**5)), {str(n): n for n in range(10**5)}],
)
def test_facts_are_cut_wherever_they_are_long_and_not_twice(facts: Any) -> None:
    short = cut_all(facts)
    assert len(str(short)) < SENTENCE_CHARS + 20 * MOST_ITEMS
    assert "… cut" in str(short)
    assert cut_all(short) == short


@pytest.mark.parametrize("how", ["create", "save", "update", "bulk_create", "get_or_create"])
def test_no_way_to_write_gets_round_it(db: None, how: str) -> None:
    long = "x" * 10**6
    if how == "update":
        Host.objects.create(name="nas")
        Host.objects.update(error=long)
    elif how == "save":
        host = Host(name="nas", error=long)
        host.save()
    elif how == "bulk_create":
        Host.objects.bulk_create([Host(name="nas", error=long)])
    elif how == "get_or_create":
        Host.objects.get_or_create(name="nas", defaults={"error": long})
    else:
        Host.objects.create(name="nas", error=long)
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(error) FROM drives_host")
        assert cursor.fetchone()[0] <= SENTENCE_CHARS


def test_a_row_from_before_is_cut_when_it_is_read(db: None) -> None:
    Host.objects.create(name="nas")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE drives_host SET error = %s", ["x" * 10**6])
    assert len(Host.objects.get().error) <= SENTENCE_CHARS
    assert len(Host.objects.values_list("error", flat=True)[0]) <= SENTENCE_CHARS


def test_the_audits_facts_have_an_end(db: None) -> None:
    event = AuditEvent.objects.create(event_type="x", note="n" * 10**6, data={"to": ["x" * 10**6] * 10**4})
    event = AuditEvent.objects.get(pk=event.pk)
    assert len(event.note) <= SENTENCE_CHARS
    assert len(event.data["to"]) == MOST_ITEMS


def test_the_limits_are_in_order() -> None:
    assert bounded.CELL_CHARS < bounded.CHAT_CHARS <= SENTENCE_CHARS < bounded.NOTE_CHARS < LOG_CHARS
