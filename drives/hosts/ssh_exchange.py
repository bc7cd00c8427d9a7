"""The talk with one running command: feed it, drain both its mouths, wait for its end."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from drives.hosts.edge import limits
from drives.hosts.edge.misfit import too_long
from drives.hosts.edge.room import Reading
from drives.hosts.errors import HostTimedOut
from drives.hosts.ports import CommandResult

CHUNK = 64 * 1024


class Channel(Protocol):
    """What is needed of the SSH library's channel."""

    def recv(self, nbytes: int) -> bytes: ...
    def recv_stderr(self, nbytes: int) -> bytes: ...
    def sendall(self, s: bytes) -> None: ...
    def shutdown_write(self) -> None: ...
    def recv_exit_status(self) -> int: ...
    def close(self) -> None: ...


def exchange(
    channel: Channel, stdin: bytes, *, host_name: str, most_bytes: int, allow: Callable[[int], None]
) -> CommandResult:
    """Talk with the command until it ends. An exit code below zero means that its end was not seen.

    Whoever calls bounds the time by closing the connection: every wait in here ends with it. Raises AnswerTooLong
    for one that prints more than `most_bytes`. The link below is told through `allow` what was taken from it; it hangs
    up on what goes on to come on a closed channel, or on standard error.
    """
    stderr = bytearray()
    talkers = (
        threading.Thread(target=_feed, args=(channel, stdin), daemon=True),
        threading.Thread(
            target=_keep_first, args=(_counted(channel.recv_stderr, allow, most_bytes), stderr), daemon=True
        ),
    )
    for talker in talkers:
        talker.start()
    try:
        stdout = _read(_counted(channel.recv, allow, most_bytes), host_name, most_bytes)
        talkers[1].join()
        exit_code = channel.recv_exit_status()
    finally:
        channel.close()  # ends a feeder whose command has stopped listening
        for talker in talkers:
            talker.join()
    return CommandResult(exit_code, stdout, bytes(stderr))


def _counted(receive: Callable[[int], bytes], allow: Callable[[int], None], most: int) -> Callable[[int], bytes]:
    """Receive the same; the other side may go on to talk until it has said so much."""
    left = most

    def counted(size: int) -> bytes:
        nonlocal left
        chunk = receive(size)
        allow(min(left, len(chunk)))
        left -= min(left, len(chunk))
        return chunk

    return counted


def _feed(channel: Channel, stdin: bytes) -> None:
    try:
        if stdin:
            channel.sendall(stdin)
        channel.shutdown_write()
    except (OSError, EOFError):
        return  # the command ended without reading all: its exit code tells the story


def _read(receive: Callable[[int], bytes], host_name: str, most_bytes: int) -> bytes:
    read: list[bytes] = []
    size = 0
    with Reading() as reading:
        while chunk := receive(CHUNK):
            read.append(chunk)
            size += len(chunk)
            if size > most_bytes:
                raise too_long(host_name, most_bytes)
            reading.has(size)
        return b"".join(read)


def _keep_first(receive: Callable[[int], bytes], kept: bytearray) -> None:
    with suppress(OSError, EOFError):  # the connection ended while it was told that it may say more
        while chunk := receive(CHUNK):
            kept += chunk[: max(0, limits.STDERR_BYTES - len(kept))]


class Alarm:
    """Hangs up when the time is over.

    Keep-alive does not notice a host that froze, and some waits of the SSH library have no time-out; a closed
    connection ends them all.
    """

    def __init__(self, hang_up: Callable[[], None], seconds: float) -> None:
        self.rang = False
        self._seconds = seconds
        self._hang_up = hang_up
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Let the talk take as long as it likes from now on."""
        self._timer.cancel()

    def as_error(self, host_name: str) -> HostTimedOut:
        """Return what to raise when it rang."""
        return HostTimedOut(f"A command on {host_name} did not end within {self._seconds:.3g} s.")

    def _ring(self) -> None:
        self.rang = True
        self._hang_up()
