"""How a process gets on with a database that somebody else holds, or that went away."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection, connections, transaction


def wait_at_most(seconds: int) -> None:
    """Have every connection that is opened from now on wait no longer than this."""
    options = connections["default"].settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        options["timeout"] = seconds
    elif str(options.get("options", "")).startswith("-c lock_timeout="):  # else the address of the database says it
        options["options"] = f"-c lock_timeout={seconds}s"


def drop_broken_connection() -> None:
    """Let go of a connection that an accident broke, so that the next query opens its own.

    Not inside a transaction: whoever began that one is still to roll it back.
    """
    if not connection.in_atomic_block:
        close_old_connections()


@contextmanager
def held_for_writing(*, wait_ms: int) -> Iterator[None]:
    """Take what a write needs, and give it back: raises the error that a write would meet. Nothing is written."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            before = int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
            cursor.execute(f"PRAGMA busy_timeout={wait_ms:d}")
            try:
                with transaction.atomic():  # IMMEDIATE, by the settings
                    yield
            finally:
                cursor.execute(f"PRAGMA busy_timeout={before:d}")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        tables = ", ".join(connection.ops.quote_name(name) for name in _tables())
        cursor.execute(f"SET LOCAL lock_timeout = {wait_ms:d}")
        if tables:
            cursor.execute(f"LOCK TABLE {tables} IN ROW EXCLUSIVE MODE")  # what an INSERT takes
        yield


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)
