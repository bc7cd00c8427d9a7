"""An accident is told from a mistake of ours, and from any other accident."""

import errno
import json
import logging
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError

from burnin_site.core.logs import JsonFormatter
from burnin_site.core.outages import outage_of
from burnin_site.tests import accidents

POSTGRES = {
    "08006": "no_database",  # the connection failed
    "57P01": "no_database",  # shut down by an admin
    "57P02": "no_database",  # another process crashed
    "57P03": "no_database",  # starting up
    "53300": "no_database",  # too many connections
    "28P01": "no_database",
    "3D000": "no_database",
    "53100": "disk_full",
    "55P03": "database_locked",
    "57014": "database_locked",
    "40P01": "database_locked",
    "25006": "database_read_only",
    "XX001": "database_damaged",
    "42P01": "not_migrated",
}


@pytest.mark.parametrize("make", accidents.OF_SQLITE, ids=lambda make: str(make.__name__))
def test_what_sqlite_says_is_told_apart(make: accidents.Make, tmp_path: Path) -> None:
    outage = outage_of(accidents.raised(make, tmp_path))
    assert outage is not None
    assert outage.code == accidents.OF_SQLITE[make]


@pytest.mark.parametrize("state", POSTGRES)
def test_what_postgresql_says_is_told_apart(state: str) -> None:
    outage = outage_of(accidents.of_postgres(state))
    assert outage is not None
    assert outage.code == POSTGRES[state]


@pytest.mark.parametrize("error", [accidents.of_postgres(None), accidents.of_a_closed_connection()])
def test_a_server_that_was_never_reached_is_away(error: Exception) -> None:
    outage = outage_of(error)
    assert outage is not None
    assert outage.code == "no_database"


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EROFS, "database_read_only")],
)
def test_what_the_kernel_says_of_the_disk_is_told_apart(number: int, code: str) -> None:
    outage = outage_of(OSError(number, "no"))
    assert outage is not None
    assert outage.code == code


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a mistake"),
        OSError(errno.ENOENT, "no such file"),
        IntegrityError("UNIQUE constraint failed"),
        accidents.of_postgres("23505", IntegrityError),
        accidents.of_postgres("42601", DatabaseError),
        RecursionError(),
    ],
)
def test_anything_else_is_no_accident(error: Exception) -> None:
    assert outage_of(error) is None


def test_the_accident_behind_another_error_is_found() -> None:
    try:
        try:
            raise OperationalError("database is locked")
        except OperationalError:
            raise LookupError("the session could not be stored")  # noqa: B904  as Django's sessions do
    except LookupError as error:
        found = outage_of(error)
    assert found is not None
    assert found.code == "database_locked"


def test_what_was_put_in_words_already_is_left_alone() -> None:
    error = accidents.InOurWords("The host's disk is full.")
    error.__cause__ = OSError(errno.ENOSPC, "on the host, not here")
    assert outage_of(error) is None


def test_the_log_tells_of_an_accident_in_a_sentence_and_of_a_mistake_with_its_traceback() -> None:
    def written(error: Exception) -> dict[str, str]:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "It broke.", None, (type(error), error, None))
        return dict(json.loads(JsonFormatter().format(record)))

    accident = written(OperationalError("database is locked"))
    assert "held by another program" in accident["accident"]
    assert "traceback" not in accident
    assert "traceback" in written(ValueError("a mistake"))
