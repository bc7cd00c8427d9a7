"""Whether the SQLite file can be the database of this application. A damaged one is never changed.

File format: https://www.sqlite.org/fileformat2.html (header 1.3, write-ahead log 4.1).
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from burnin_site.own_files import DATABASE_PARTS, NotOurs

MAGIC = b"SQLite format 3\0"
LOG_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
LOG_HEADER = 32
# A file up to this size is looked through at a start, which takes a second or two; of a larger one only the beginning:
# a start must not take minutes.
LOOK_BYTES = 512 * 1024 * 1024
BACKUP = "Nothing was changed. Put a backup of the database in its place (docs/operations.md, “Back up”)"
BUSY = ("locked", "busy")
# Whose tables come first when ours are made: a first start may have ended there.
OF_DJANGO = frozenset(
    {"admin", "auth", "contenttypes", "sessions", "axes", "knox", "django_q", "core", "live", "audit"}
)


def refuse_damaged(path: Path) -> None:
    """Raise NotOurs when this is there and cannot be an SQLite database. Quick: the first bytes only."""
    log = path.with_name(path.name + "-wal")
    if not path.exists():
        if _size(log):
            raise NotOurs(f"The database {path} is missing, but not its last changes, {log}. {BACKUP}.")
        return
    if not path.is_file():
        raise NotOurs(f"{path} should be the database and is not a file. Move it away, or correct DB_PATH.")
    head = _head(path, len(MAGIC))
    if not head:
        hint = "for a new installation, remove the file"
        raise NotOurs(f"The database {path} is empty. {BACKUP}; {hint}.")
    if head != MAGIC:
        raise NotOurs(f"{path} is damaged, or no SQLite database. {BACKUP}, or correct DB_PATH.")
    _refuse_a_damaged_log(path, log)


def refuse_what_is_not_whole(path: Path, *, look_bytes: int = LOOK_BYTES) -> None:
    """Raise NotOurs when SQLite finds the file damaged, or when it belongs to something else."""
    refuse_damaged(path)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            _refuse_another_application(path, database)
            if _size(path) <= look_bytes:
                found = " ".join(str(database.execute("PRAGMA quick_check(1)").fetchone()[0]).split())
                if found != "ok":
                    raise NotOurs(f"The database {path} is damaged ({found}). {BACKUP}.")
    except sqlite3.Error as error:
        if not any(word in str(error) for word in BUSY):  # another process of ours works with it: it is well
            raise NotOurs(f"The database {path} cannot be read ({error}). {BACKUP}.") from error


def _refuse_another_application(path: Path, database: sqlite3.Connection) -> None:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = not tables or "django_migrations" in tables
    if known and tables:
        apps = {name for (name,) in database.execute("SELECT DISTINCT app FROM django_migrations")}
        known = "jobs" in apps or apps <= OF_DJANGO
    if not known:
        raise NotOurs(f"{path} is the database of another application. Correct DB_PATH; nothing was changed.")


def _refuse_a_damaged_log(path: Path, log: Path) -> None:
    """SQLite passes over a write-ahead log that it cannot read, and what was in it is lost without a word."""
    for beside in (path.with_name(path.name + part) for part in DATABASE_PARTS):
        if beside.exists() and not beside.is_file():
            raise NotOurs(f"{beside} must be a file of SQLite's and is none. Move it away; the database is {path}.")
    head = _head(log, LOG_HEADER) if log.exists() else b""
    # Zeros are what a power cut leaves of a log that was never flushed: nothing that was promised stands there.
    if head.strip(b"\0") and head[: len(LOG_MAGIC[0])] not in LOG_MAGIC:
        raise NotOurs(
            f"The last changes of the database, {log}, are damaged. {BACKUP}; to go on without these changes, move "
            "that file away."
        )


def _head(path: Path, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError as error:
        raise NotOurs(f"{path} cannot be read ({error.strerror}). {BACKUP}.") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
