"""A host that floods, drips, lies about lengths or says nothing costs us one sentence, and neither memory nor time."""

import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest

from burnin_site.core.secrets import Secret
from drives.hosts.edge import limits
from drives.hosts.edge.misfit import AnswerTooLong, AnswerUnfit
from drives.hosts.errors import HostError, HostTimedOut, HostTroubled, HostUnreachable
from drives.hosts.inventory_program import ProgramInventory
from drives.hosts.program_client import HostProgram
from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_link import refuse_endless
from drives.hosts.ssh_login import SshLogin, Timeouts
from drives.hosts.ssh_wire import fetch_host_key
from drives.tests.hostile_ssh import DEEDS, HostileSsh

QUICK = Timeouts(dial_s=2, greet_s=2, login_s=4, open_s=1)
MEGABYTE = 2**20
# What the growth of this very process may be while an answer of a few MB is read and thrown away. It holds the hostile
# server, too, whose answers lie in memory as well.
GROWTH = 100 * MEGABYTE
UNFIT = {
    "garbage": HostTroubled,
    "flood": AnswerTooLong,
    "flood-past-window": AnswerTooLong,
    "flood-behind-end": HostTroubled,
    "flood-stderr": AnswerTooLong,
    "flood-ignored": AnswerTooLong,
    "deep": AnswerUnfit,
    "deep-and-closed": AnswerUnfit,
    "wide": AnswerUnfit,
    "too-many-drives": AnswerUnfit,
    "many-drives": AnswerTooLong,
    "huge-numbers": AnswerUnfit,
    "digits": HostTroubled,
    "list": HostTroubled,
    "refusal": AnswerUnfit,
    "endless-extensions": HostUnreachable,
}


@pytest.fixture(scope="module")
def server() -> Iterator[HostileSsh]:
    running = HostileSsh()
    yield running
    running.stop()


def shell_of(server: HostileSsh, deed: str) -> SshShell:
    nothing = Secret("")
    key = server.host_key.text
    return SshShell(SshLogin("nas-1", "127.0.0.1", server.port, deed, Secret("x"), nothing, nothing, key), QUICK)


@pytest.fixture
def asked(server: HostileSsh) -> Iterator[Callable[[str], HostProgram]]:
    """Return the program on a host that does this."""
    shells: list[SshShell] = []

    def ask(deed: str) -> HostProgram:
        shells.append(shell_of(server, deed))
        return HostProgram(shells[-1], "/var/tmp/b", "nas-1", expect_simulated=False)

    yield ask
    for shell in shells:
        shell.close()


@pytest.mark.parametrize(("deed", "kind"), UNFIT.items())
def test_what_does_not_fit_is_one_sentence(
    asked: Callable[[str], HostProgram], deed: str, kind: type[HostError]
) -> None:
    before = psutil.Process(os.getpid()).memory_info().rss
    with pytest.raises(kind, match="nas-1") as error:
        asked(deed).inventory()
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 600
    assert not error.value.permanent
    assert psutil.Process(os.getpid()).memory_info().rss - before < GROWTH


@pytest.mark.parametrize("deed", ["drip", "silent"])
def test_who_drips_or_says_nothing_is_given_up_in_time(asked: Callable[[str], HostProgram], deed: str) -> None:
    with pytest.raises(HostTimedOut, match=r"did not end within 1 s"):
        asked(deed).call("probe", timeout_s=1, runs=["j1"])


def test_an_honest_answer_still_comes_through(asked: Callable[[str], HostProgram]) -> None:
    assert ProgramInventory(asked("honest"), smart=True).read().disks[0].serial == "ZA1"


def test_nasty_texts_come_through_harmless(asked: Callable[[str], HostProgram]) -> None:
    report = ProgramInventory(asked("nasty-texts"), smart=True).read()
    assert len(report.disks) == 9
    shown = [report.system, *report.errors, *(disk.model + disk.serial for disk in report.disks)]
    assert all(each.isprintable() for each in shown)
    doubtful = [disk.in_use[0].code == "doubtful_identity" for disk in report.disks]
    assert doubtful == [True, True, True, True, True, False, True, True, True]  # markup is text like any other


def test_a_hundred_answers_with_a_wrong_value_each_are_host_errors_or_harmless(
    asked: Callable[[str], HostProgram],
) -> None:
    program = asked("wrong-types")
    for _ in range(40):
        for ask in (program.inventory, program.hello, lambda: program.probe(runs=["j1-surface"])):
            try:
                ask()
            except HostError as error:
                assert str(error).isprintable()


def test_nothing_that_comes_after_the_end_of_a_command_is_kept(server: HostileSsh) -> None:
    shell = shell_of(server, "flood-behind-end")
    before = psutil.Process(os.getpid()).memory_info().rss
    for _ in range(5):
        with suppress(HostError):
            shell.run(("true",), timeout_s=20, most_bytes=1000)
    shell.close()
    assert psutil.Process(os.getpid()).memory_info().rss - before < GROWTH


def test_every_deed_of_the_server_was_tried() -> None:
    assert UNFIT.keys() | {"drip", "silent", "honest", "nasty-texts", "wrong-types"} == DEEDS.keys()


class Wire:
    """A server that speaks no SSH: it says something to whoever comes, again and again."""

    def __init__(self, first: bytes, again: bytes = b"", every_s: float = 0.0) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.sent = 0
        self._stop = threading.Event()
        self._words = (first, again, every_s)
        threading.Thread(target=self._talk, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        self._listener.close()

    def _talk(self) -> None:
        first, again, every_s = self._words
        link, _ = self._listener.accept()
        with link:
            try:
                link.sendall(first)
                while again and not self._stop.is_set():
                    link.sendall(again)
                    self.sent += len(again)
                    self._stop.wait(every_s)
            except OSError:
                return


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b"hello\r\n" * 4096),  # lines that are no greeting
        (b"SSH-2.0-", b"x" * 65536),  # a greeting without an end
        (b"SSH-2.0-x\r\n" + struct.pack(">I", 2**32 - 1), b"x" * 65536),  # a packet of 4 GB
        (b"SSH-2.0-x\r\n" + struct.pack(">I", 2**20 * 900) + b"\4\x14", b"\0" * 65536),
        (b"\xff\xfe" * 100_000, b"\0" * 65536),
        (b"SSH-2.0-x\r\n", b"\0\0\0\x0c\x0a\x02" + b"\0" * 10),  # empty packets
    ],
)
def test_a_flood_before_the_login_is_cut_off(first: bytes, again: bytes) -> None:
    wire = Wire(first, again)
    before = psutil.Process(os.getpid()).memory_info().rss
    with pytest.raises(HostError) as error:
        fetch_host_key("127.0.0.1", wire.port, host_name="nas-1", timeouts=QUICK)
    wire.stop()
    assert "nas-1" in str(error.value)
    assert wire.sent < 32 * MEGABYTE
    assert psutil.Process(os.getpid()).memory_info().rss - before < GROWTH


@pytest.mark.parametrize("first", [b"", b"SSH-2.0-x\r\n"])
def test_a_greeting_that_drips_is_given_up_in_time(first: bytes) -> None:
    wire = Wire(first, b"\0", every_s=0.1)
    began = time.monotonic()
    with pytest.raises(HostError, match="nas-1"):
        fetch_host_key("127.0.0.1", wire.port, host_name="nas-1", timeouts=QUICK)
    wire.stop()
    assert time.monotonic() - began < limits.TOTAL_S


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (7, struct.pack(">I", 2**32 - 1)),
        (7, struct.pack(">I", 1000)),
        (60, struct.pack(">III", 0, 0, 0) + struct.pack(">I", 2**31)),
        (60, struct.pack(">I", 5) + b"title" + struct.pack(">II", 0, 0) + struct.pack(">I", 17)),
        (60, struct.pack(">III", 0, 0, 0) + b"\xff"),
    ],
)
def test_a_message_that_claims_more_entries_than_it_can_have_ends_the_connection(kind: int, body: bytes) -> None:
    with pytest.raises(EOFError):
        refuse_endless(kind, body)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (7, struct.pack(">I", 1) + struct.pack(">I", 15) + b"server-sig-algs" + struct.pack(">I", 2) + b"x1"),
        (60, struct.pack(">III", 0, 0, 0) + struct.pack(">I", 1) + struct.pack(">I", 9) + b"Password:\0"),
        (60, struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 3) + b"key"),  # a key that is welcome
        (94, b"\xff" * 100),
        (60, b""),
    ],
)
def test_an_honest_message_is_let_through(kind: int, body: bytes) -> None:
    refuse_endless(kind, body)
