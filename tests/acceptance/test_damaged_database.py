"""No process runs on a damaged database; each says so in a sentence, and the file stays as it is."""

from pathlib import Path

import pytest

from tests.product.commands import SERVE, Installation

STARTS = [("manage.py", "prepare"), ("manage.py", "up"), ("manage.py", "run_worker"), ("manage.py", "migrate"), SERVE]


@pytest.mark.parametrize("start", STARTS, ids=" ".join)
def test_a_start_on_a_damaged_database_ends_with_a_sentence(tmp_path: Path, start: tuple[str, ...]) -> None:
    (tmp_path / "app.db").write_bytes(b"\x5a" * 100_000)
    said = Installation(tmp_path).refuses(*start)
    assert f"Burn-In Bench cannot start. {tmp_path / 'app.db'} is damaged, or no SQLite database." in said
    assert "Put a backup of the database in its place" in said
    assert (tmp_path / "app.db").read_bytes() == b"\x5a" * 100_000


def test_a_page_that_was_overwritten_in_the_middle_ends_the_start(tmp_path: Path) -> None:
    bench = Installation(tmp_path)
    bench.does("prepare")
    with (tmp_path / "app.db").open("r+b") as file:
        for page in range(2, 60):
            file.seek(page * 4096)
            file.write(b"\x5a" * 4096)
    before = (tmp_path / "app.db").read_bytes()
    said = bench.refuses("manage.py", "up")
    assert f"The database {tmp_path / 'app.db'} " in said
    assert "Put a backup of the database in its place" in said
    assert (tmp_path / "app.db").read_bytes() == before


NOWHERE = {"DATABASE_URL": "postgres://burnin:hidden-word@127.0.0.1:1/burnin"}
GIVEN_KEYS = {"SECRET_KEY": "k" * 50, "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}


def test_a_database_server_that_is_not_there_ends_the_preparation_with_a_sentence(tmp_path: Path) -> None:
    said = Installation(tmp_path, NOWHERE | GIVEN_KEYS).refuses("manage.py", "prepare")
    assert "The database cannot be used (" in said
    assert "hidden-word" not in said


def test_no_key_is_made_while_a_database_server_cannot_say_whether_one_was_lost(tmp_path: Path) -> None:
    said = Installation(tmp_path, NOWHERE).refuses("manage.py", "prepare")
    assert "is missing" in said
    assert "start again when the database answers" in said
    assert "hidden-word" not in said
    assert not list(tmp_path.glob("*key*"))
