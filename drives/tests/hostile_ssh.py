"""An SSH server that lets everybody in and then misbehaves; which way, the name of the user says."""

import json
import random
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import paramiko

from drives.hosts.host_keys import HostKey
from drives.tests import hostile_words as words

CHUNK = b"x" * 32768
DRIP_S = 0.2
CHANNEL_DATA, CHANNEL_EXTENDED, IGNORE, EXT_INFO = 94, 95, 2, 7
Deed = Callable[["Visit"], None]


class Visit:
    """One command that a visitor wants run."""

    def __init__(self, server: "HostileSsh", channel: paramiko.Channel, question: dict[str, Any]) -> None:
        self.server, self.channel, self.question = server, channel, question

    @property
    def op(self) -> str:
        return str(self.question.get("op", ""))

    @property
    def goes_on(self) -> bool:
        transport = self.channel.get_transport()
        return transport.is_active() and not self.server.stopping.is_set()

    def say(self, told: object) -> None:
        """Answer with this, as text if it is none, and end well."""
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        for start in range(0, len(data), len(CHUNK)):
            self.channel.sendall(data[start : start + len(CHUNK)])
        self.channel.send_exit_status(0)
        self.channel.close()

    def wait(self, seconds: float) -> None:
        self.server.stopping.wait(seconds)

    def message(self, kind: int, *numbers: int, body: bytes = b"") -> None:
        """Send a message past the channel's window."""
        message = paramiko.Message()
        message.add_byte(bytes((kind,)))
        for number in numbers:
            message.add_int(number)
        if kind != EXT_INFO:
            message.add_string(body)
        cast(Any, self.channel.get_transport())._send_user_message(message)


def flood(visit: Visit) -> None:
    while visit.goes_on:
        visit.channel.sendall(CHUNK)


def flood_stderr(visit: Visit) -> None:
    while visit.goes_on:
        visit.channel.sendall_stderr(CHUNK)


def flood_past_window(visit: Visit) -> None:
    while visit.goes_on:
        visit.message(CHANNEL_DATA, visit.channel.remote_chanid, body=CHUNK)


def flood_behind_end(visit: Visit) -> None:
    visit.channel.send_exit_status(0)
    visit.channel.shutdown_write()
    while visit.goes_on:
        visit.message(CHANNEL_EXTENDED, visit.channel.remote_chanid, 1, body=CHUNK)


def flood_ignored(visit: Visit) -> None:
    while visit.goes_on:
        visit.message(IGNORE, body=CHUNK)


def endless_extensions(visit: Visit) -> None:
    visit.message(EXT_INFO, 0xFFFFFFFF)
    silent(visit)


def drip(visit: Visit) -> None:
    visit.channel.sendall(b'{"ok": true, "disks": [')
    while visit.goes_on:
        visit.channel.sendall(b" ")
        visit.wait(DRIP_S)


def silent(visit: Visit) -> None:
    while visit.goes_on:
        visit.wait(DRIP_S)


def honest(visit: Visit) -> None:
    visit.say(words.answer(visit.op))


def said(told: Callable[[Visit], object]) -> Deed:
    return lambda visit: visit.say(told(visit))


DEEDS: dict[str, Deed] = {
    "honest": honest,
    "flood": flood,
    "flood-stderr": flood_stderr,
    "flood-past-window": flood_past_window,
    "flood-behind-end": flood_behind_end,
    "flood-ignored": flood_ignored,
    "endless-extensions": endless_extensions,
    "drip": drip,
    "silent": silent,
    "garbage": said(lambda visit: visit.server.dice.randbytes(200_000)),
    "deep": said(lambda _: b'{"ok": true, "disks": ' + b"[" * 400_000),
    "deep-and-closed": said(lambda _: b'{"ok": true, "disks": ' + b"[" * 50 + b"]" * 50 + b"}"),
    "wide": said(lambda _: b'{"ok": true, "disks": [' + b"[]," * 2_500_000 + b"0]}"),
    "many-drives": said(lambda _: words.many_drives(100_000)),
    "too-many-drives": said(lambda _: words.drives(3_000)),
    "huge-numbers": said(lambda _: words.drives(3, size_bytes=2**70)),
    "digits": said(lambda _: b'{"ok": true, "now": ' + b"9" * 1_000_000 + b"}"),
    "nasty-texts": said(lambda visit: words.nasty_drives() if visit.op == "inventory" else words.answer(visit.op)),
    "wrong-types": said(lambda visit: words.wrong_somewhere(visit.op or "hello", visit.server.dice)),
    "list": said(lambda _: [1, 2, 3]),
    "refusal": said(lambda _: {"ok": False, "error": {"code": [], "message": {"a": 1}}}),
}


class HostileSsh:
    """Listens on a free loopback port. Stop it after use."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.dice: random.Random = random.Random(7)  # noqa: S311
        self.visits: list[str] = []
        self._key = paramiko.ECDSAKey.generate()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._transports: list[paramiko.Transport] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def host_key(self) -> HostKey:
        return HostKey(self._key.get_name(), self._key.asbytes())

    def stop(self) -> None:
        self.stopping.set()
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                link, _ = self._listener.accept()
                transport = paramiko.Transport(link)
                transport.add_server_key(self._key)
                self._transports = [each for each in self._transports if each.is_active()] + [transport]
                transport.start_server(event=threading.Event(), server=_Host(self))
            except (OSError, EOFError, paramiko.SSHException):
                continue


class _Host(paramiko.ServerInterface):
    def __init__(self, server: HostileSsh) -> None:
        self._server = server
        self._user = ""

    def check_auth_password(self, username: str, password: str) -> int:
        self._user = username
        return paramiko.common.AUTH_SUCCESSFUL

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(target=self._visit, args=(channel,), daemon=True).start()
        return True

    def _visit(self, channel: paramiko.Channel) -> None:
        try:
            read = bytearray()
            while piece := channel.recv(65536):
                read += piece
            question = json.loads(read or b"{}")
            self._server.visits.append(self._user)
            DEEDS[self._user](Visit(self._server, channel, question))
        except (OSError, EOFError, ValueError, struct.error, paramiko.SSHException):
            with suppress(OSError, EOFError):
                channel.close()
