"""Tools are looked for where only root may write, and find nothing of the login's environment."""

import os
from pathlib import Path

import pytest

from drives.hosts.program import search_path, tools
from drives.hosts.program.machine import Machine

REAL = Machine()


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """Return a folder of ours with the tool `zap` in it."""
    folder = tmp_path / "ours/bin"
    folder.mkdir(parents=True, mode=0o755)
    (folder / "zap").write_text("#!/bin/sh\nenv\npwd\n")
    (folder / "zap").chmod(0o755)
    return folder


def test_a_tool_of_roots_is_found(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(bin_folder))
    assert tools.find(REAL, "zap") == str(bin_folder / "zap")
    assert tools.find(REAL, "sh") in ("/usr/bin/sh", "/bin/sh")


@pytest.mark.parametrize(
    ("what", "mode"),
    [(".", 0o777), (".", 0o1777), (".", 0o775), ("..", 0o777), ("zap", 0o777), ("zap", 0o775)],
)
def test_a_tool_that_others_may_write_is_not_found(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch, what: str, mode: int
) -> None:
    (bin_folder / what).resolve().chmod(mode)
    monkeypatch.setenv("PATH", str(bin_folder))
    assert tools.find(REAL, "zap") == ""
    with pytest.raises(tools.ToolMissing, match="others may write to it"):
        tools.run(REAL, ("zap",), seconds=5)


@pytest.mark.parametrize("path", ["", ".", "bin", "./bin", ":", "~/bin"])
def test_a_folder_that_depends_on_where_one_stands_does_not_count(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(bin_folder.parent if "bin" in path else bin_folder)
    monkeypatch.setenv("PATH", path)
    assert tools.find(REAL, "zap") == ""


def test_a_link_is_looked_through_once(bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(bin_folder)
    monkeypatch.setenv("PATH", str(tmp_path / "link"))
    assert tools.find(REAL, "zap") == str(bin_folder / "zap")


def test_a_tool_finds_nothing_of_the_logins_environment(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LD_PRELOAD", "BLKID_FILE", "LVM_SYSTEM_DIR", "PYTHONPATH", "TMPDIR", "HOME"):
        monkeypatch.setenv(name, "/planted")
    monkeypatch.delenv("LD_PRELOAD")
    monkeypatch.setenv("PATH", str(bin_folder))

    said = tools.run(REAL, ("zap",), seconds=5).out

    assert "/planted" not in said
    assert f"PATH={os.pathsep.join(search_path.folders(REAL))}" in said.splitlines()
    assert said.splitlines()[-1] == "/"
