"""On a full disk the supervisor goes on: it keeps its processes running, with or without words about them."""

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from burnin_site.own_files import NotOurs
from burnin_site.supervisor.child import Child
from burnin_site.supervisor.lock import take_lock
from burnin_site.supervisor.logfile import LogFile
from burnin_site.supervisor.processes import Process
from burnin_site.supervisor.program import Program
from burnin_site.supervisor.records import Records


def full(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be written, and no new file be made."""
    really: Callable[..., int] = os.open

    def open_only_what_is_there(path: Any, flags: int, *rest: int, **more: Any) -> int:
        if flags & os.O_CREAT and not Path(path).exists():
            full()
        return really(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", open_only_what_is_there)


def test_a_child_is_started_without_a_log_and_without_a_record(tmp_path: Path, full_disk: None) -> None:
    log, records = LogFile(tmp_path / "logs" / "sleep.log"), Records(tmp_path / "run")
    child = Child(Program("sleep", ("sleep", "1000")), log=log, records=records)
    assert child.look_after() == ""
    try:
        assert child.is_well
        assert child.look_after() == ""
    finally:
        assert child.kill() == -signal.SIGKILL


def test_what_is_no_full_disk_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "sleep.log").mkdir()
    with pytest.raises(NotOurs):
        LogFile(tmp_path / "sleep.log").open()


def test_a_record_that_cannot_be_written_leaves_the_old_one_whole(tmp_path: Path, full_disk: None) -> None:
    record = tmp_path / "server.json"
    with record.open("w") as file:
        file.write("{}")
    Records(tmp_path).write("server", Process(os.getpid(), 1))
    assert record.read_text() == "{}"


def test_old_lines_of_a_log_give_way_where_there_is_no_room_to_keep_them(tmp_path: Path, full_disk: None) -> None:
    path = tmp_path / "server.log"
    with path.open("wb") as file:
        file.write(b"x" * 300)
    LogFile(path, limit_bytes=200).keep_small()
    assert path.stat().st_size == 0
    assert not (tmp_path / "server.log.1").exists()


def test_a_lock_holds_also_without_a_number_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("burnin_site.supervisor.lock.os.write", full)
    os.close(take_lock(tmp_path / "up.lock"))
