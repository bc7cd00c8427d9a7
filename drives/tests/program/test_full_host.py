"""The host's own disk is full: nothing begins, nothing ends, nothing is lost, and the host says why."""

import errno
import json
import os
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

from drives.hosts.program import __main__ as program
from drives.hosts.program import files, hello, run_dir, signals
from drives.hosts.program.machine import Machine
from drives.hosts.program.problem import Json
from drives.hosts.program.run_dir import RunDir
from drives.tests.program.run_at import run_at
from drives.tests.program.simulated_host import SimulatedHost


def no_room(*_given: Any, **_named: Any) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/var/tmp/burnin-bench/permits/x")


def test_it_says_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hello, "answer", no_room)

    said = program.answer(Machine(), json.dumps({"op": "hello"}).encode())

    assert said["error"]["code"] == "host_full"
    assert said["error"]["message"].startswith("The disk of the host is full: /var/tmp/burnin-bench")


def test_a_run_that_cannot_be_prepared_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "write_json", no_room)

    with pytest.raises(OSError, match="No space left"):
        run_dir.prepare(run_at(tmp_path / "r"), "request.json", {})
    assert list(tmp_path.iterdir()) == []


def test_what_an_engine_found_waits_until_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [OSError(errno.ENOSPC, "No space left on device")] * 2
    write = RunDir.write

    def write_when_there_is_room(run: RunDir, name: str, value: Json, *, durable: bool = False) -> None:
        if failures:
            raise failures.pop()
        write(run, name, value, durable=durable)

    monkeypatch.setattr(RunDir, "write", write_when_there_is_room)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    run = run_at(tmp_path)

    run.write_at_last("result.json", {"completed": True})

    assert run.read("result.json") == {"completed": True}


def test_a_run_is_ended_although_that_cannot_be_written_down(
    host: SimulatedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.tool("badblocks", "sleep 60")
    started = host.launch()["run"]
    monkeypatch.setattr(files, "write_json", no_room)
    run = run_at(host.run_folder(started["run_id"]))

    with pytest.raises(OSError, match="No space left"):
        signals.terminate(host.machine, run)

    assert host.wait_for("exited")["signal"] == 15


def test_a_run_tells_that_the_disk_of_the_host_was_full(host: SimulatedHost, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not files.is_full(str(host.root))
    monkeypatch.setattr(files, "LEAST_ROOM", 1 << 62)
    assert files.is_full(str(host.root))
    assert not files.is_full(str(host.root / "nowhere"))
