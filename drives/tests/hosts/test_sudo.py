"""Commands of users who are not root."""

import shlex

import pytest

from drives.hosts import sudo
from drives.hosts.ports import CommandResult


def test_root_runs_the_command_itself() -> None:
    assert sudo.command_line(("smartctl", "-x", "/dev/my disk"), user="root") == "smartctl -x '/dev/my disk'"


def test_others_go_through_sudo_without_a_prompt() -> None:
    line = sudo.command_line(("python3", "-c", "a'b", "-n"), user="burnin")
    before = ["env", "LC_ALL=C", f"PATH={sudo.SYSTEM_PATH}", "sudo", "-n", "--"]
    assert shlex.split(line) == [*before, "python3", "-c", "a'b", "-n"]


@pytest.mark.parametrize(
    ("exit_code", "stderr"),
    [
        (1, b"sudo: a password is required\n"),
        (1, b"sudo: unable to resolve host nas-1: Name or service not known\nsudo: a password is required\n"),
        (1, b"Sorry, user burnin is not allowed to execute '/usr/bin/python3 -c x' as root on nas-1.\n"),
        (1, b"burnin is not in the sudoers file.\n"),
        (1, b"sudo: sorry, you must have a tty to run sudo\n"),
        (127, b"env: \xe2\x80\x98sudo\xe2\x80\x99: No such file or directory\n"),
        (127, b"env: sudo: No such file or directory\n"),
    ],
)
def test_sudos_refusal_is_recognized(exit_code: int, stderr: bytes) -> None:
    assert sudo.was_refused(CommandResult(exit_code, b"", stderr), user="burnin")


@pytest.mark.parametrize(
    ("exit_code", "stderr"),
    [
        (0, b"sudo: a password is required\n"),
        (1, b"sudo: unable to resolve host nas-1: Name or service not known\n"),
        (1, b"sudo: python3: command not found\n"),
        (1, b"a password is required by the archive\n"),
        (127, b"env: python3: No such file or directory\n"),
    ],
)
def test_a_command_that_fails_by_itself_is_no_refusal(exit_code: int, stderr: bytes) -> None:
    assert not sudo.was_refused(CommandResult(exit_code, b"", stderr), user="burnin")


def test_roots_failures_are_never_sudos() -> None:
    assert not sudo.was_refused(CommandResult(1, b"", b"sudo: a password is required"), user="root")
