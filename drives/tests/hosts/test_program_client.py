"""Asking the host-side program, with a real Python on the other side."""

import json
from pathlib import Path
from typing import Any

import pytest

from drives.hosts.errors import (
    HostCutOff,
    HostError,
    HostFull,
    HostSaidNo,
    SimulationMismatch,
    ToolMissing,
    UnsafeFolder,
)
from drives.hosts.ports import CommandResult
from drives.hosts.program_client import HostProgram
from drives.tests.local_shell import LocalShell, ScriptedShell


@pytest.fixture
def shell() -> LocalShell:
    return LocalShell()


@pytest.fixture
def program(shell: LocalShell, tmp_path: Path) -> HostProgram:
    return HostProgram(shell, str(tmp_path / "base"), "nas-1", expect_simulated=False)


def answering(
    *answers: dict[str, Any] | CommandResult, expect_simulated: bool = False
) -> tuple[HostProgram, ScriptedShell]:
    results = (
        answer if isinstance(answer, CommandResult) else CommandResult(0, json.dumps(answer).encode(), b"")
        for answer in answers
    )
    shell = ScriptedShell(*results)
    return HostProgram(shell, "/var/tmp/b", "nas-1", expect_simulated=expect_simulated), shell


def test_it_installs_itself_at_the_first_question_only(program: HostProgram, shell: LocalShell) -> None:
    assert program.hello()["python"]
    assert len(shell.commands) == 3
    program.hello()
    assert len(shell.commands) == 4


def test_a_tampered_program_is_replaced_before_it_runs(program: HostProgram, shell: LocalShell, tmp_path: Path) -> None:
    program.hello()
    (stored,) = (tmp_path / "base" / "program").glob("*.pyz")
    stored.write_bytes(stored.read_bytes() + b"#")
    shell.commands.clear()
    assert program.hello()["ok"]
    assert len(shell.commands) == 3


def test_an_absent_run_is_answered_as_absent(program: HostProgram) -> None:
    assert program.probe(runs=["j1-surface"])["runs"]["j1-surface"]["state"] == "absent"


def test_no_word_of_a_command_holds_a_line_end(program: HostProgram, shell: LocalShell) -> None:
    """The root shell of FreeBSD, csh, ends a quoted word at the end of its line."""
    program.hello()
    assert not [word for argv in shell.commands for word in argv if "\n" in word]


def test_a_refusal_carries_the_programs_own_words(program: HostProgram) -> None:
    with pytest.raises(HostSaidNo) as refusal:
        program.call("no_such_operation")
    assert refusal.value.detail["code"]
    assert str(refusal.value).endswith(".")


def test_a_simulated_host_is_recognized(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    shell = LocalShell(root=str(tmp_path))
    assert HostProgram(shell, "/base", "mock-1", expect_simulated=True).hello()["simulated"] is True
    with pytest.raises(SimulationMismatch, match="mock-1 is a simulated host but is marked as real"):
        HostProgram(shell, "/base", "mock-1", expect_simulated=False).hello()


def test_a_real_host_that_is_marked_simulated_is_refused(shell: LocalShell, tmp_path: Path) -> None:
    with pytest.raises(SimulationMismatch, match="nas-1 is a real host but is marked as simulated"):
        HostProgram(shell, str(tmp_path), "nas-1", expect_simulated=True).hello()


def test_it_runs_in_isolated_python(program: HostProgram, shell: LocalShell) -> None:
    program.hello()
    assert {command[:4] for command in shell.commands} == {("python3", "-I", "-S", "-c")}


@pytest.mark.parametrize(
    "refused",
    [
        CommandResult(98, b"", b"Welcome\n/x/base is a link or no folder, so nothing there is used. Remove it.\n"),
        {"ok": False, "error": {"code": "bad_base_dir", "message": "/x/base is a link or no folder, so nothing …"}},
    ],
)
def test_a_folder_that_is_not_ours_alone_is_told_with_path_and_reason(refused: dict[str, Any] | CommandResult) -> None:
    program, _ = answering(refused)
    with pytest.raises(UnsafeFolder, match="On nas-1: /x/base is a link or no folder") as error:
        program.probe(runs=["j1"])
    assert error.value.permanent


def test_a_folder_that_others_may_write_to_is_not_installed_into(program: HostProgram, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base").chmod(0o777)
    with pytest.raises(UnsafeFolder, match=f"{tmp_path}/base may be written to by others, so nothing there is used"):
        program.hello()
    assert list((tmp_path / "base").iterdir()) == []


@pytest.mark.parametrize("act", ["launch", "signal", "clean", "smart"])
def test_nothing_is_done_on_a_host_of_the_wrong_kind(act: str) -> None:
    program, shell = answering({"ok": True, "simulated": False}, expect_simulated=True)
    acts = {
        "launch": lambda: program.launch(run_id="j1", guard={"serial": "A"}, argv=["badblocks", "{device}"]),
        "signal": lambda: program.signal(run_id="j1", action="terminate"),
        "clean": lambda: program.clean(run_id="j1"),
        "smart": lambda: program.smart(serial="A", devname="sda", action="start", kind="long"),
    }
    with pytest.raises(SimulationMismatch):
        acts[act]()
    assert [json.loads(question)["op"] for question in shell.questions] == ["hello"]


def test_a_launch_says_what_to_start_and_on_which_drive() -> None:
    permit = {"ok": True, "token": "t1"}
    program, shell = answering({"ok": True}, permit, {"ok": True, "run": {"run_id": "j1", "state": "running"}})
    guard = {"serial": "A", "wwn": "", "size_bytes": 5, "devname": "sda", "overrides": []}
    assert program.launch(run_id="j1", guard=guard, argv=["badblocks", "{device}"])["run"]["state"] == "running"
    launch = {"base_dir": "/var/tmp/b", "run_id": "j1", "guard": guard, "argv": ["badblocks", "{device}"]}
    assert json.loads(shell.questions[1]) == {"op": "permit", **launch}
    assert json.loads(shell.questions[2]) == {"op": "launch", "token": "t1", **launch}


@pytest.mark.parametrize(
    "missing",
    [CommandResult(127, b"", b"sh: 1: python3: not found"), CommandResult(1, b"", b"sudo: python3: command not found")],
)
def test_a_host_without_python_is_told_apart(missing: CommandResult) -> None:
    program, _ = answering(missing)
    with pytest.raises(ToolMissing, match=r"python3 was not found on nas-1\. Install Python 3\.7 or later"):
        program.hello()


def test_a_greeting_of_the_login_shell_does_no_harm() -> None:
    program, _ = answering(CommandResult(0, b'Welcome to nas-1!\n{"ok": true, "python": "3.9"}\n', b""))
    assert program.hello()["python"] == "3.9"


@pytest.mark.parametrize("said", [b"", b"Segmentation fault", b"[1, 2]", b'{"ok": tru'])
def test_an_answer_that_is_none_is_an_error_with_a_sentence(said: bytes) -> None:
    program, _ = answering(CommandResult(0, said, b""))
    with pytest.raises(HostError, match=r"nas-1 gave an answer that cannot be understood"):
        program.hello()


def test_a_program_that_does_not_stay_is_not_installed_for_ever() -> None:
    gone = CommandResult(97, b"", b"")
    program, shell = answering(gone, CommandResult(0, b"", b""), gone)
    with pytest.raises(HostError, match="does not keep the host program"):
        program.hello()
    assert len(shell.commands) == 3


def test_an_installation_that_fails_says_why() -> None:
    full = CommandResult(1, b"", b"Traceback\nOSError: [Errno 28] No space left on device\n")
    program, _ = answering(CommandResult(97, b"", b""), full)
    with pytest.raises(HostError, match="No space left on device"):
        program.hello()


def test_a_full_host_is_waited_for_with_a_sentence() -> None:
    said = {"ok": False, "simulated": False, "error": {"code": "host_full", "message": "The disk of the host is full."}}
    program, _ = answering(CommandResult(0, json.dumps(said).encode(), b""))
    with pytest.raises(HostFull, match="Free some room on") as error:
        program.hello()
    assert not error.value.permanent


@pytest.mark.parametrize("exit_code", [-1, 137, 143])
def test_a_host_that_kills_what_was_asked_is_away_and_not_wrong(exit_code: int) -> None:
    program, _ = answering(CommandResult(exit_code, b"", b""))
    with pytest.raises(HostCutOff) as cut:
        program.hello()
    assert not cut.value.permanent
