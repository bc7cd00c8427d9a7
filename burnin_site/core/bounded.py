"""Text that came from elsewhere and is stored and shown: never longer than a named limit, and marked when cut."""

from typing import Any

from django.db import models

MARK = " … cut"
# A sentence for people, also one that quotes what a tool said: half a page.
SENTENCE_CHARS = 2_000
# What a person types as a note (the API's own limit).
NOTE_CHARS = 10_000
# What a tool printed: a whole self-test log of a drive, or the last thousands of lines of a surface test.
LOG_CHARS = 200_000
# Findings, proof, facts of an audit entry: lines that a page shows one below the other.
MOST_ITEMS = 500
# One cell of a table: the rest is on the burn-in's own page.
CELL_CHARS = 300
# Chats refuse a longer message altogether (Discord: 2,000 characters, https://discord.com/developers/docs/resources/webhook).
CHAT_CHARS = 1_900


def cut(text: str, most: int, *, keep_end: bool = False) -> str:
    """Return the text, cut to so many characters with a mark. `keep_end`: of a log the newest lines count."""
    if len(text) <= most:
        return text
    room = most - len(MARK) - 1
    return f"{MARK.strip()}\n{text[-room:]}" if keep_end else f"{text[:room]}{MARK}"


def cut_all(value: Any, *, chars: int = SENTENCE_CHARS, items: int = MOST_ITEMS) -> Any:
    """Return a JSON value with every text in it cut, and every list and object cut to so many entries."""
    if isinstance(value, str):
        return cut(value, chars)
    if isinstance(value, dict):
        kept = list(value.items()) if len(value) <= items else [*list(value.items())[: items - 1], (MARK.strip(), "")]
        return {cut(str(name), chars): cut_all(each, chars=chars, items=items) for name, each in kept}
    if isinstance(value, list | tuple):
        shown = list(value) if len(value) <= items else [*value[: items - 1], MARK.strip()]
        return [cut_all(each, chars=chars, items=items) for each in shown]
    return value


class BoundedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is cut when it is stored, and again when it is read: a row may be older than the limit."""

    def __init__(self, *args: Any, chars: int = SENTENCE_CHARS, keep_end: bool = False, **kwargs: Any) -> None:
        self.chars = chars
        self.keep_end = keep_end
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Be a plain text column to migrations: the limit is ours and not the database's."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        """Cut on the way to the database."""
        found = super().get_prep_value(value)
        return cut(found, self.chars, keep_end=self.keep_end) if isinstance(found, str) else found

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Cut on the way from the database."""
        return value if value is None else cut(value, self.chars, keep_end=self.keep_end)


class BoundedJSONField(models.JSONField):
    """Facts for people, whose texts and lists are cut when they are stored and when they are read."""

    def deconstruct(self) -> Any:
        """Be a plain JSON column to migrations."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Cut on the way to the database."""
        return super().get_db_prep_value(cut_all(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Cut on the way from the database."""
        return cut_all(super().from_db_value(value, expression, connection))
