"""A damaged database ends the start with a sentence and is never changed."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from burnin_site.core import database_file
from burnin_site.own_files import NotOurs

PAGE = 4096


def fill(
    path: Path, *, tables: str = "CREATE TABLE django_migrations (app); INSERT INTO django_migrations VALUES ('jobs')"
) -> Path:
    """Make a database of a few hundred pages."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.executescript(f"{tables}; CREATE TABLE rows (text UNIQUE)")
        database.executemany("INSERT INTO rows VALUES (?)", [(f"{n:>400}",) for n in range(2000)])
        database.commit()
    return path


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(5 * PAGE))


def text(path: Path) -> None:
    path.write_text("-- a dump, not a database\nCREATE TABLE x;\n" * 500)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def zeros(path: Path) -> None:
    path.write_bytes(bytes(20 * PAGE))


def half(path: Path) -> None:
    os.truncate(fill(path), fill_size(path) // 2)


def a_few_bytes(path: Path) -> None:
    os.truncate(fill(path), 50)


def fill_size(path: Path) -> int:
    return path.stat().st_size


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def overwritten_inside(path: Path) -> None:
    fill(path)
    with path.open("r+b") as file:
        for number in range(5, 100):
            file.seek(number * PAGE)
            file.write(b"\x5a" * PAGE)


def of_another_application(path: Path) -> None:
    fill(path, tables="CREATE TABLE moz_places (url)")


def of_another_django(path: Path) -> None:
    fill(path, tables="CREATE TABLE django_migrations (app); INSERT INTO django_migrations VALUES ('auth'), ('shop')")


def log_is_a_folder(path: Path) -> None:
    fill(path)
    path.with_name(f"{path.name}-wal").mkdir()


def log_is_garbage(path: Path) -> None:
    fill(path)
    path.with_name(f"{path.name}-wal").write_bytes(b"\xff" * 3 * PAGE)


def only_the_log_is_left(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"\x37\x7f\x06\x82" + bytes(PAGE))


def index_is_a_folder(path: Path) -> None:
    fill(path)
    path.with_name(f"{path.name}-shm").mkdir()


DAMAGES = [
    garbage, text, empty, zeros, half, a_few_bytes, folder, pipe, overwritten_inside, of_another_application,
    of_another_django, log_is_a_folder, log_is_garbage, only_the_log_is_left, index_is_a_folder,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_database_is_refused_and_stays_as_it_is(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "app.db"
    damage(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(NotOurs) as given:
        database_file.refuse_what_is_not_whole(path)
    sentence = str(given.value)
    assert str(path) in sentence
    assert sentence.endswith(".")
    assert any(advice in sentence for advice in ("Put a backup", "Correct DB_PATH", "Move it away"))
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_whole_one_is_let_through_also_while_others_write_to_it(tmp_path: Path) -> None:
    path = fill(tmp_path / "app.db")
    database_file.refuse_what_is_not_whole(path)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO rows VALUES ('new')")
        database_file.refuse_what_is_not_whole(path)
        writer.execute("COMMIT")
        database_file.refuse_what_is_not_whole(path)


def test_one_that_another_process_holds_locked_is_not_called_damaged(tmp_path: Path) -> None:
    path = fill(tmp_path / "app.db")
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode=DELETE")
        writer.execute("BEGIN EXCLUSIVE")
        database_file.refuse_what_is_not_whole(path)


def test_what_a_killed_first_start_left_is_let_through(tmp_path: Path) -> None:
    database_file.refuse_what_is_not_whole(tmp_path / "none.db")
    only_django = (
        "CREATE TABLE django_migrations (app); INSERT INTO django_migrations VALUES ('auth'), ('contenttypes')"
    )
    database_file.refuse_what_is_not_whole(fill(tmp_path / "begun.db", tables=only_django))
    with closing(sqlite3.connect(tmp_path / "blank.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
    database_file.refuse_what_is_not_whole(tmp_path / "blank.db")


def test_a_log_that_a_power_cut_left_blank_is_let_through(tmp_path: Path) -> None:
    path = fill(tmp_path / "app.db")
    path.with_name("app.db-wal").write_bytes(bytes(3 * PAGE))
    database_file.refuse_what_is_not_whole(path)


def test_a_large_one_does_not_hold_up_the_start(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    overwritten_inside(path)
    database_file.refuse_what_is_not_whole(path, look_bytes=PAGE)
