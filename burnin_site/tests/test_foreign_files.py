"""What belongs to another user is refused with a sentence, and never taken over."""

import os
import stat
from pathlib import Path

import pytest

from burnin_site import own_files

SOMEBODY = 54_321
PIECES = ("", "secret_key", "logs", "logs/server.log", "static/app.css", "mock/bin/lsblk", "run/worker.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with something in it."""
    for name in PIECES[1:]:
        if "." in name or name == "secret_key" or "bin/" in name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("")
    return tmp_path


@pytest.fixture
def given_to_somebody(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names whose file looks as if it were another user's: only root could really give it away."""
    names: set[str] = set()
    fstat, path_stat = os.fstat, Path.stat

    def changed(found: os.stat_result, where: str) -> os.stat_result:
        whole = list(found)
        whole[stat.ST_UID] = SOMEBODY if where in names else found.st_uid
        return os.stat_result(whole)

    def look(descriptor: int) -> os.stat_result:
        return changed(fstat(descriptor), str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    def look_by_name(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        return changed(path_stat(path, follow_symlinks=follow_symlinks), str(path))

    monkeypatch.setattr(os, "fstat", look)
    monkeypatch.setattr(Path, "stat", look_by_name)
    return names


@pytest.mark.parametrize("name", PIECES)
def test_what_belongs_to_another_user_is_refused(folder: Path, given_to_somebody: set[str], name: str) -> None:
    given_to_somebody.add(str(folder / name))
    with pytest.raises(own_files.NotOurs, match=rf"belongs to user {SOMEBODY}, and this process is .*chown"):
        own_files.take_folder(folder)


@pytest.mark.parametrize("part", own_files.DATABASE_PARTS)
def test_a_database_with_a_part_of_another_users_is_refused(
    tmp_path: Path, given_to_somebody: set[str], part: str
) -> None:
    (tmp_path / f"app.db{part}").write_text("")
    given_to_somebody.add(str(tmp_path / f"app.db{part}"))
    with pytest.raises(own_files.NotOurs, match=f"app.db{part} belongs to user {SOMEBODY}"):
        own_files.narrow_database(tmp_path / "app.db")


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_APPEND, os.O_RDWR | os.O_CREAT])
def test_a_log_lock_or_key_of_another_users_is_not_opened(
    tmp_path: Path, given_to_somebody: set[str], flags: int
) -> None:
    (tmp_path / "up.lock").write_text("")
    given_to_somebody.add(str(tmp_path / "up.lock"))
    with pytest.raises(own_files.NotOurs, match="belongs to"):
        own_files.open_own(tmp_path / "up.lock", flags)


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_APPEND, os.O_RDWR | os.O_CREAT])
def test_a_link_in_its_place_leads_nowhere(tmp_path: Path, flags: int) -> None:
    (tmp_path / "target").write_text("dear diary")
    (tmp_path / "server.log").symlink_to(tmp_path / "target")
    with pytest.raises(own_files.NotOurs, match="is a link"):
        own_files.open_own(tmp_path / "server.log", flags)
    assert (tmp_path / "target").read_text() == "dear diary"


def test_what_lies_behind_a_link_keeps_its_permissions(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "public.html"
    outside.write_text("hello")
    outside.chmod(0o644)
    (folder / "static" / "link").symlink_to(outside)
    (folder / "mock" / "folder").symlink_to(outside.parent)
    own_files.take_folder(folder)
    assert outside.stat().st_mode & 0o777 == 0o644


def test_what_is_not_ours_by_name_is_left_alone(folder: Path) -> None:
    (folder / "notes.txt").write_text("")
    (folder / "notes.txt").chmod(0o644)
    own_files.take_folder(folder)
    assert (folder / "notes.txt").stat().st_mode & 0o777 == 0o644


def test_the_settings_file_is_closed_to_everybody_and_left_to_its_group(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SSH_PASSWORD=x")
    (tmp_path / ".env").chmod(0o646)
    assert "could be used by others" in own_files.narrow_settings(tmp_path / ".env")[0]
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o640
    assert own_files.narrow_settings(tmp_path / ".env") == own_files.narrow_settings(tmp_path / "none") == []


def test_a_settings_file_of_who_installed_it_is_pointed_out_only(tmp_path: Path, given_to_somebody: set[str]) -> None:
    (tmp_path / ".env").write_text("SSH_PASSWORD=x")
    (tmp_path / ".env").chmod(0o644)
    given_to_somebody.add(str(tmp_path / ".env"))
    assert "chmod o=" in own_files.narrow_settings(tmp_path / ".env")[0]


def test_a_settings_file_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgres://elsewhere")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    with pytest.raises(own_files.NotOurs, match="cannot be read by user"):
        own_files.narrow_settings(tmp_path / ".env")
