"""Accidents around us: the database is locked, away or damaged, or the disk is full. Each is told in one sentence.

Only what the drivers themselves say counts: codes of SQLite (https://www.sqlite.org/rescode.html), states of PostgreSQL
(https://www.postgresql.org/docs/current/errcodes-appendix.html) and error numbers of the kernel.
"""

import errno
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import Error, InterfaceError, OperationalError

from burnin_site.core.errors import BurninError

STATUS = 503
RETRY_AFTER_S = 5  # for programs that read the header: short beside every accident, long beside one request
HEADERS = {"Retry-After": str(RETRY_AFTER_S), "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Outage:
    """An accident that passes, or that somebody who runs this must mend. The sentence may be shown to anybody."""

    code: str
    sentence: str


LOCKED = Outage(
    "database_locked",
    "The database is held by another program. Burn-ins that run go on; try again in a moment.",
)
AWAY = Outage(
    "no_database",
    "The database does not answer, or takes no more connections. Burn-ins that run go on; try again in a moment.",
)
READ_ONLY = Outage(
    "database_read_only",
    "The database can only be read. Burn-ins that run go on; make its file, its folder or its server writable again.",
)
DAMAGED = Outage(
    "database_damaged",
    "The database is damaged. Burn-ins that run go on; stop Burn-In Bench and put the newest backup back.",
)
DISK_FULL = Outage(
    "disk_full",
    "The disk of DATA_DIR or of the database is full. Burn-ins that run go on; make room there.",
)
NOT_MIGRATED = Outage("not_migrated", "The database is not up to date: run manage.py migrate.")

OF_SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_PROTOCOL: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_FULL: DISK_FULL,
}
# By the longest beginning that fits: two characters are a class.
OF_POSTGRES = {
    "08": AWAY,  # connection exceptions
    "28": AWAY,  # it refuses our name or password
    "3D": AWAY,  # there is no such database
    "53": AWAY,  # out of memory, too many connections
    "53100": DISK_FULL,
    "57P": AWAY,  # shut down, crashed, starting up
    "57014": LOCKED,  # a statement was ended by a time limit
    "55P03": LOCKED,
    "40": LOCKED,  # deadlock, serialization: the other side was first
    "58": AWAY,  # an error of its system
    "58P01": DAMAGED,  # a file of its own is missing
    "XX001": DAMAGED,
    "XX002": DAMAGED,
    "25006": READ_ONLY,
    "42P01": NOT_MIGRATED,
    "42703": NOT_MIGRATED,
}
OF_KERNEL = {errno.ENOSPC: DISK_FULL, errno.EDQUOT: DISK_FULL, errno.EROFS: READ_ONLY}


def outage_of(error: BaseException) -> Outage | None:
    """Return the accident that an error comes from, or None where it is something else, such as a mistake of ours."""
    for each in _chain(error):
        if found := _of_one(each):
            return found
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and what it was raised from. What we put in words ourselves has been dealt with."""
    seen: list[BaseException] = []
    while error is not None and error not in seen and not isinstance(error, BurninError):
        yield error
        seen.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_one(error: BaseException) -> Outage | None:
    if isinstance(error, Error):
        return _of_database(error, error.__cause__ or error)
    return OF_KERNEL.get(error.errno or 0) if isinstance(error, OSError) else None


def _of_database(error: Error, driver: BaseException) -> Outage | None:
    code, state = getattr(driver, "sqlite_errorcode", None), getattr(driver, "sqlstate", None)
    if code is not None:
        missing = str(driver).startswith(("no such table", "no such column"))
        return NOT_MIGRATED if missing else OF_SQLITE.get(code & 0xFF)  # above are the details of the same code
    if state is not None:
        return next((OF_POSTGRES[state[:n]] for n in (5, 3, 2) if state[:n] in OF_POSTGRES), None)
    if isinstance(error, OperationalError | InterfaceError):  # without a code: the driver did not get through to it
        return LOCKED if "locked" in str(error) else AWAY
    return None
