"""What comes back from a command that runs over SSH."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drives.hosts.edge.misfit import AnswerTooLong
from drives.hosts.errors import HostTimedOut
from drives.hosts.shell_ssh import SshShell
from drives.tests.sshd import Sshd


def test_it_returns_output_and_exit_code(shell: SshShell) -> None:
    result = shell.run(("sh", "-c", "echo out; echo err >&2; exit 7"), timeout_s=10)
    assert (result.exit_code, result.stdout, result.stderr) == (7, b"out\n", b"err\n")


def test_words_reach_the_command_as_they_are(shell: SshShell) -> None:
    words = ("a b", "$HOME", "`id`", "'quoted'", '"', "*", "", "two\nlines", "-n", "!x")
    result = shell.run(("printf", "%s\\0", *words), timeout_s=10)
    assert tuple(result.stdout.decode().split("\0")[:-1]) == words


def test_bytes_pass_unchanged_in_both_directions(shell: SshShell) -> None:
    every_byte = bytes(range(256)) * 40
    assert shell.run(("cat",), stdin=every_byte, timeout_s=10).stdout == every_byte


def test_much_input_and_much_output_do_not_block_each_other(shell: SshShell) -> None:
    five_megabytes = b"0123456789abcdef" * (5 * 65536)
    result = shell.run(("sh", "-c", "tee /dev/stderr"), stdin=five_megabytes, timeout_s=60)
    assert result.stdout == five_megabytes
    assert five_megabytes.startswith(result.stderr)


def test_a_command_that_does_not_read_its_input_still_ends(shell: SshShell) -> None:
    result = shell.run(("sh", "-c", "exec <&-; echo done"), stdin=b"x" * 5_000_000, timeout_s=20)
    assert (result.exit_code, result.stdout) == (0, b"done\n")


def test_endless_output_is_cut_off_and_the_connection_lives_on(shell: SshShell, sshd: Sshd) -> None:
    with pytest.raises(AnswerTooLong, match="nas-1"):
        shell.run(("cat", "/dev/zero"), timeout_s=60)
    assert shell.run(("echo", "still here"), timeout_s=10).stdout == b"still here\n"
    assert sshd.log.count("Accepted publickey") == 1


def test_a_command_that_takes_too_long_is_given_up(shell: SshShell) -> None:
    with pytest.raises(HostTimedOut, match=r"nas-1 did not end within 0\.5 s"):
        shell.run(("sleep", "15"), timeout_s=0.5)
    assert shell.run(("echo", "again"), timeout_s=10).stdout == b"again\n"


def test_eight_threads_share_one_connection(shell: SshShell, sshd: Sshd) -> None:
    start = threading.Barrier(8)

    def ask(number: int) -> list[bytes]:
        start.wait()
        return [shell.run(("echo", str(number)), timeout_s=30).stdout for _ in range(12)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert answers == [[f"{number}\n".encode()] * 12 for number in range(8)]
    assert sshd.log.count("Accepted publickey") == 1


def test_no_more_than_four_commands_run_at_once(shell: SshShell, tmp_path: Path) -> None:
    counting = "touch $$.run; ls *.run | wc -l; read x; rm $$.run"

    def count(_: int) -> int:
        script = f"cd {tmp_path} && {counting}"
        return int(shell.run(("sh", "-c", script), stdin=b"go\n", timeout_s=30).stdout)

    with ThreadPoolExecutor(12) as threads:
        assert max(threads.map(count, range(40))) <= 4
