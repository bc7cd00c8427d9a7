"""A key file that cannot be one is refused with a sentence and stays as it is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from burnin_site.core import secret_files
from burnin_site.own_files import NotOurs

FERNET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
TEXTS = {
    "empty": b"",
    "blank": b" \n",
    "garbage": os.urandom(64) + b"\xff",
    "zeros of a power cut": b"\0" * 44,
    "short": b"abc",
    "two lines": b"a" * 44 + b"\n" + b"b" * 44,
    "a whole disk": b"a" * 100_000,
}


@pytest.mark.parametrize("kind", TEXTS)
def test_what_cannot_be_a_secret_is_refused_and_stays(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret_key").write_bytes(TEXTS[kind])
    with pytest.raises(NotOurs, match=r"secret_key is (empty|damaged).*Put the backup of this file back"):
        secret_files.take_keys("", FERNET, tmp_path)
    assert (tmp_path / "secret_key").read_bytes() == TEXTS[kind]


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe"])
def test_what_is_no_file_is_refused_and_stays(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "secret_key"
    (tmp_path / "elsewhere").write_text(FERNET)
    make: dict[str, Callable[[], None]] = {
        "link": lambda: path.symlink_to(tmp_path / "elsewhere"),
        "dangling link": lambda: path.symlink_to(tmp_path / "nowhere"),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
    }
    make[kind]()
    before = path.lstat()
    with pytest.raises(NotOurs, match=r"secret_key is (a link|not a file)\. Put a file of its own there"):
        secret_files.take_keys("", FERNET, tmp_path)
    assert path.lstat() == before
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "keys", [FERNET[:-4], FERNET[:-2] + "!=", "a" * 43, f"{FERNET},{FERNET[1:]}", ",,,", "not a key at all"]
)
def test_a_damaged_encryption_key_is_refused_and_not_shown(tmp_path: Path, keys: str) -> None:
    with pytest.raises(NotOurs, match=r"in FIELD_ENCRYPTION_KEYS.*Put the backup back") as given:
        secret_files.take_keys(FERNET, keys, tmp_path)
    assert keys not in str(given.value)
    (tmp_path / "field_encryption_keys").write_text(keys.ljust(20, ","))
    with pytest.raises(NotOurs, match=rf"in {tmp_path}/field_encryption_keys.*Put the backup back"):
        secret_files.take_keys(FERNET, "", tmp_path)


def test_several_keys_may_have_spaces_between_them(tmp_path: Path) -> None:
    assert secret_files.take_keys(FERNET, f"{FERNET}, {FERNET} ,", tmp_path).encryption == [FERNET, FERNET]


def test_two_that_start_at_once_agree_on_one(tmp_path: Path) -> None:
    first = secret_files.read_or_create_secret(tmp_path / "secret_key")
    second = secret_files.read_or_create_secret(tmp_path / "secret_key")
    assert (first.text, first.made, second.made) == (second.text, True, False)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert first.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../x", "abc", "ABCDEF12", "a-b-c-d", "abcd efgh", "a" * 17])
def test_a_name_of_runs_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(NotOurs, match="INSTANCE_ID must be"):
        secret_files.instance_name(name, FERNET)
