"""Errors as the drivers really raise them, and a database that raises one at every query."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from burnin_site.core.errors import BurninError

Make = Callable[[Path], None]


def locked(folder: Path) -> None:
    """Write while somebody else does."""
    with closing(_book(folder)) as one, closing(sqlite3.connect(folder / "book", timeout=0)) as other:
        one.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO page VALUES (2)")


def full(folder: Path) -> None:
    """Write more than there is room for."""
    with closing(_book(folder)) as book:
        book.execute("PRAGMA max_page_count=3")
        book.execute("INSERT INTO page VALUES (zeroblob(100000))")


def read_only(folder: Path) -> None:
    """Write to a file that was opened to be read."""
    _book(folder).close()
    with closing(sqlite3.connect(f"file:{folder / 'book'}?mode=ro", uri=True)) as book:
        book.execute("INSERT INTO page VALUES (2)")


def malformed(folder: Path) -> None:
    """Read a file whose middle was overwritten."""
    with closing(_book(folder)) as book:
        book.execute("INSERT INTO page VALUES (zeroblob(100000))")
        book.commit()
    path = folder / "book"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])
    with closing(sqlite3.connect(path)) as book:
        book.execute("SELECT sum(length(number)) FROM page").fetchall()


def not_a_database(folder: Path) -> None:
    """Read something else."""
    (folder / "book").write_bytes(b"once upon a time " * 100)
    with closing(sqlite3.connect(folder / "book")) as book:
        book.execute("SELECT 1 FROM page")


def gone(folder: Path) -> None:
    """Open a file whose folder is not there."""
    sqlite3.connect(folder / "no" / "book")


def not_migrated(folder: Path) -> None:
    """Read a table that was never made."""
    with closing(_book(folder)) as book:
        book.execute("SELECT 1 FROM chapter")


def _book(folder: Path) -> sqlite3.Connection:
    book = sqlite3.connect(folder / "book")
    book.execute("CREATE TABLE IF NOT EXISTS page (number)")
    book.commit()
    return book


OF_SQLITE: dict[Make, str] = {
    locked: "database_locked",
    full: "disk_full",
    read_only: "database_read_only",
    malformed: "database_damaged",
    not_a_database: "database_damaged",
    gone: "no_database",
    not_migrated: "not_migrated",
}


def raised(make: Make, folder: Path) -> DatabaseError:
    """Return what Django makes of an error of SQLite."""
    try:
        with connection.wrap_database_errors:
            make(folder)
    except DatabaseError as error:
        return error
    raise AssertionError(f"{make.__name__} raised nothing")


class PostgresError(Exception):
    """An error of psycopg, as far as anybody looks at it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("the server said so")
        self.sqlstate = sqlstate


def of_postgres(sqlstate: str | None, kind: type[Exception] = OperationalError) -> Exception:
    """Return what Django makes of an error of PostgreSQL."""
    error = kind("the server said so")
    error.__cause__ = PostgresError(sqlstate)
    return error


def of_a_closed_connection() -> Exception:
    """Return what comes of a connection that the other side has closed."""
    return of_postgres(None, InterfaceError)


@contextmanager
def every_query_raises(error: Exception, *, only: str = "") -> Iterator[list[str]]:
    """Raise this error instead of asking the database; the statements that were tried. `only` picks them by a word."""
    tried: list[str] = []

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's way
        if only not in sql:
            return execute(sql, params, many, context)
        tried.append(sql)
        raise error

    with connection.execute_wrapper(refuse):
        yield tried


class InOurWords(BurninError):
    """A trouble that somebody has put in words already."""
