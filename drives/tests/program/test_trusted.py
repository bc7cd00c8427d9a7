"""Only what nobody but us can have made is opened: folders, the way to them, and files."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from drives.hosts.program import trusted
from drives.hosts.program.trusted import Folder, Untrusted, open_base


@pytest.fixture
def ours(tmp_path: Path) -> Folder:
    """Return our folder `base`, with the plain file `told` in it."""
    with open_base(str(tmp_path / "base"), make=True) as base:
        (tmp_path / "base/told").write_text("ours")
        (tmp_path / "base/told").chmod(0o600)
        return Folder(base.path, os.dup(base.descriptor))


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Untrusted) as error:
        act()
    return str(error.value)


def test_our_folder_is_made_for_us_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with open_base(str(tmp_path / "a/b"), make=True) as base, base.below("c", make=True):
            pass
    finally:
        os.umask(old)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b", "a/b/c")} == {0o700}


def link_there(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def file_there(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.write_text("")


def pipe_there(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    os.mkfifo(path)


OPENED_UP: dict[str, tuple[Callable[[Path], None], str]] = {
    "all may write": (lambda path: path.chmod(0o777), "may be written to by others"),
    "its group may write": (lambda path: path.chmod(0o770), "may be written to by others"),
    "all may write and nobody take away": (lambda path: path.chmod(0o1777), "may be written to by others"),
    "a link": (link_there, "is a link or no folder"),
    "a file": (file_there, "is a link or no folder"),
    "a pipe": (pipe_there, "is a link or no folder"),
}


@pytest.mark.parametrize("how", OPENED_UP)
@pytest.mark.parametrize("which", ["base", "base/runs"])
def test_a_folder_that_is_not_ours_alone_is_refused(tmp_path: Path, how: str, which: str) -> None:
    (tmp_path / "base/runs").mkdir(parents=True, mode=0o700)
    (tmp_path / "base").chmod(0o700)
    spoil, what = OPENED_UP[how]
    spoil(tmp_path / which)

    said = refusal(lambda: open_base(str(tmp_path / "base"), make=True).below("runs", make=True))

    assert said == f"{tmp_path / which} {what}, so nothing there is used. Remove it, or choose another working folder."


@pytest.mark.parametrize("how", [how for how in OPENED_UP if how != "all may write and nobody take away"])
def test_a_folder_on_the_way_in_which_others_could_put_another_is_refused(tmp_path: Path, how: str) -> None:
    (tmp_path / "way/base").mkdir(parents=True, mode=0o700)
    spoil, what = OPENED_UP[how]
    spoil(tmp_path / "way")

    said = refusal(lambda: open_base(str(tmp_path / "way/base"), make=True))

    assert said.startswith(f"{tmp_path / 'way'} {what}, so")


def test_a_shared_folder_of_which_others_can_take_nothing_away_is_a_way(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    with open_base(str(tmp_path / "shared/base"), make=True) as base:
        assert base.path == str(tmp_path / "shared/base")


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base").mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert f"belongs to another user (number {os.getuid()})" in refusal(
        lambda: trusted.check(os.open(tmp_path / "base", os.O_RDONLY), str(tmp_path / "base"))
    )


def test_a_folder_that_others_may_only_look_into_is_closed_to_them(ours: Folder) -> None:
    inner = Path(ours.path) / "permits"
    inner.mkdir(mode=0o755)
    inner.chmod(0o755)
    with ours.below("permits"):
        assert inner.stat().st_mode & 0o777 == 0o700


def second_name(path: Path) -> None:
    os.link(path, path.with_name("another name"))


def link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def folder_there(path: Path) -> None:
    path.unlink()
    path.mkdir()


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "all may write": (lambda path: path.chmod(0o666), "may be written to by others"),
    "its group may write": (lambda path: path.chmod(0o660), "may be written to by others"),
    "a second name": (second_name, "has a second name elsewhere"),
    "a link": (link_there, "is a link or no plain file"),
    "a link to nowhere": (link_to_nowhere, "is a link"),
    "a folder": (folder_there, "is a link or no plain file"),
    "a pipe": (pipe_there, "is a link or no plain file"),
}


@pytest.mark.parametrize("how", FILES)
@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY | os.O_APPEND | os.O_CREAT])
def test_a_file_that_is_not_ours_alone_is_neither_read_nor_written(ours: Folder, how: str, flags: int) -> None:
    spoil, what = FILES[how]
    spoil(Path(ours.path, "told"))

    assert refusal(lambda: ours.open("told", flags)).startswith(f"{ours.path}/told {what}")
    assert not Path(ours.path, "elsewhere").is_file() or Path(ours.path, "elsewhere").read_text() == "ours"


def test_a_file_of_somebody_else_is_refused(ours: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert "belongs to another user" in refusal(lambda: ours.open("told"))


def test_a_file_that_is_replaced_while_it_is_opened_is_still_ours(
    ours: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = os.open

    def open_and_replace(name: str, flags: int, mode: int, *, dir_fd: int) -> int:
        descriptor = really_open(name, flags, mode, dir_fd=dir_fd)
        os.unlink(name, dir_fd=dir_fd)
        return descriptor

    monkeypatch.setattr(os, "open", open_and_replace)
    with os.fdopen(ours.open("told")) as stream:
        assert stream.read() == "ours"


def test_a_folder_that_is_replaced_after_it_was_opened_is_not_followed(ours: Folder, tmp_path: Path) -> None:
    Path(ours.path).rename(tmp_path / "moved")
    Path(ours.path).mkdir()
    os.close(ours.open("made", os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    assert (tmp_path / "moved/made").exists()
    assert list(Path(ours.path).iterdir()) == []
