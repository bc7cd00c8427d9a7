"""Files of ours are ours, whatever existed before and whatever the umask; each process here starts with umask 0."""

import sqlite3
from pathlib import Path

import pytest

from tests.product.commands import Installation, open_to_others

KEY = "x" * 40
FERNET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
# What an installation leaves in its data directory, and what another user may have put there before it.
OURS = {
    "secret_key": KEY,
    "field_encryption_keys": FERNET,
    "demo_password": "open sesame",
    "mock_ports": "[0, 0]",
    "logs/server.log": "line\n",
    "logs/server.log.1": "older line\n",
    "run/up.lock": "1\n",
    "run/worker.json": "{}",
    "static/old.css": "",
    "mock/root/dev/sda": "",
    "mock/state/sda.json": "{}",
}


@pytest.fixture
def wide(tmp_path: Path) -> Installation:
    """A data directory that was made by hand, or by 0.2.0 with a wide umask: everybody may do everything."""
    folder = tmp_path / "data"
    for name, text in OURS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name in ("app.db", "test.db"):
        with sqlite3.connect(folder / name) as database:
            database.execute("PRAGMA journal_mode=WAL")
        database.close()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    return Installation(folder)


def test_what_was_open_to_others_is_closed_and_said_once(wide: Installation) -> None:
    assert len(list(open_to_others(wide.folder))) > len(OURS)
    said = wide.does("prepare")
    assert list(open_to_others(wide.folder)) == []
    assert "could be used by others" in said
    assert "could be" not in wide.does("prepare")


def test_a_key_that_others_could_read_is_to_be_changed(wide: Installation) -> None:
    said = wide.does("check")
    for name in ("secret_key", "field_encryption_keys"):
        assert f"{wide.folder / name} could be used by others; now only by its owner. Who could" in said
    assert "change it (docs/operations.md" in said
    assert KEY not in said
    assert FERNET not in said


def test_a_fresh_installation_is_closed_from_the_beginning(tmp_path: Path) -> None:
    fresh = Installation(tmp_path / "deep" / "data")
    fresh.does("prepare", "--demo")
    assert list(open_to_others(fresh.folder)) == []
    names = {path.name for path in fresh.folder.iterdir()}
    assert {"secret_key", "field_encryption_keys", "app.db", "demo_password", "static"} <= names


def test_a_database_elsewhere_is_closed_too_with_what_lies_beside_it(tmp_path: Path) -> None:
    elsewhere = Installation(tmp_path / "data", {"DB_PATH": str(tmp_path / "place" / "bench.db")})
    (tmp_path / "place").mkdir()
    elsewhere.does("prepare")
    with sqlite3.connect(tmp_path / "place" / "bench.db") as database:  # keeps log and index alive
        database.execute("CREATE TABLE other (x)")
        for path in (tmp_path / "place").iterdir():
            path.chmod(0o666)
        elsewhere.does("check")
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "place").iterdir()}
    database.close()
    assert modes == {"bench.db": 0o600, "bench.db-wal": 0o600, "bench.db-shm": 0o600}


def test_a_database_that_an_address_names_is_closed_too(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    elsewhere = Installation(tmp_path / "data", {"DATABASE_URL": f"sqlite:///{tmp_path / 'place' / 'bench.db'}"})
    elsewhere.does("prepare")
    (tmp_path / "place" / "bench.db").chmod(0o666)
    assert "bench.db could be read by others" in elsewhere.does("check")
    assert (tmp_path / "place" / "bench.db").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_others_use_is_refused_and_not_closed(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letters.txt").write_text("dear all")
    (tmp_path / "home").chmod(0o755)
    said = Installation(tmp_path / "home").refuses("manage.py", "check")
    assert "is open to others and holds nothing of Burn-In Bench. Choose a folder of its own as DATA_DIR" in said
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o755


def test_a_folder_like_tmp_is_refused_and_not_closed(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    assert "is open to others" in Installation(tmp_path / "shared").refuses("manage.py", "check")
    assert (tmp_path / "shared").stat().st_mode & 0o7777 == 0o1777


def test_a_place_that_anybody_may_exchange_is_refused(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all").chmod(0o777)
    said = Installation(tmp_path / "all" / "data").refuses("manage.py", "check")
    assert f"Everybody may write to {tmp_path / 'all'} and so exchange" in said
    said = Installation(tmp_path / "mine", {"DB_PATH": str(tmp_path / "all" / "x.db")}).refuses("manage.py", "check")
    assert f"so exchange {tmp_path / 'all' / 'x.db'}" in said


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert "is not a folder. Choose another DATA_DIR." in Installation(tmp_path / "data").refuses("manage.py", "check")


def test_a_link_to_a_folder_of_ours_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir(mode=0o777)
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    Installation(tmp_path / "data").does("check")
    assert list(open_to_others(tmp_path / "disk")) == []
    assert (tmp_path / "disk" / "secret_key").exists()


@pytest.mark.parametrize("name", ["secret_key", "field_encryption_keys"])
def test_a_key_file_that_cannot_be_one_ends_the_start(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    said = Installation(tmp_path).refuses("manage.py", "check")
    assert f"Burn-In Bench cannot start. {tmp_path / name} is empty. Put the backup of this file back" in said
    assert (tmp_path / name).read_bytes() == b""


def test_a_damaged_key_of_the_environment_ends_the_start_and_is_not_shown(tmp_path: Path) -> None:
    said = Installation(tmp_path, {"FIELD_ENCRYPTION_KEYS": FERNET[:-4]}).refuses("manage.py", "check")
    assert "Key 1 of 1 in FIELD_ENCRYPTION_KEYS is damaged" in said
    assert FERNET[:-4] not in said
