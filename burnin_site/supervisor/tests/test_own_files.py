"""What the supervisor and its programs write is for their owner only, whatever was there and whatever the umask."""

import os
import stat
import sys
from pathlib import Path

import pytest

from burnin_site.own_files import NotOurs
from burnin_site.supervisor.lock import take_lock
from burnin_site.supervisor.logfile import LogFile
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.tests.rehearsal import Rehearsal
from tests.lab.waiting import wait_until

WRITES = """
import pathlib, signal, sys
pathlib.Path(sys.argv[1], "made").mkdir()
print("ready", flush=True)
signal.pause()
"""


def test_a_program_makes_files_for_its_owner_only(rehearsal: Rehearsal) -> None:
    rehearsal.start(Program("writer", (sys.executable, "-c", WRITES, str(rehearsal.folder))))
    made, log, note = (rehearsal.folder / name for name in ("made", "logs/writer.log", "run/writer.json"))
    wait_until(lambda: made.exists() and log.exists() and note.exists(), "the program has written")
    for path in (made, log, note, log.parent, note.parent, note.with_name("up.lock")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_log_that_was_open_to_others_is_closed_with_the_part_before(tmp_path: Path) -> None:
    for name in ("server.log", "server.log.1"):
        (tmp_path / name).write_text("0123456789\n")
        (tmp_path / name).chmod(0o666)
    log = LogFile(tmp_path / "server.log", limit_bytes=4)
    os.close(log.open())
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("server.log", "server.log.1")] == [0o600, 0o600]
    assert (tmp_path / "server.log.1").read_text() == "789\n"


def test_a_lock_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "up.lock").write_text("1\n")
    (tmp_path / "up.lock").chmod(0o666)
    os.close(take_lock(tmp_path / "up.lock"))
    assert stat.S_IMODE((tmp_path / "up.lock").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["up.lock", "server.log"])
def test_a_link_in_place_of_a_lock_or_log_is_refused_and_not_written_through(tmp_path: Path, name: str) -> None:
    (tmp_path / "target").write_text("dear diary")
    (tmp_path / name).symlink_to(tmp_path / "target")
    with pytest.raises(NotOurs, match="is a link"):
        take_lock(tmp_path / name) if name == "up.lock" else LogFile(tmp_path / name).open()
    assert (tmp_path / "target").read_text() == "dear diary"


def test_a_pipe_in_place_of_a_log_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "server.log")
    with pytest.raises(NotOurs, match="Put a file of its own there"):
        LogFile(tmp_path / "server.log").open()
