"""One command run over SSH: its three streams and its exit status, passed on as they are."""

import contextlib
import logging
import os
import select
import subprocess
import threading
from collections.abc import Callable
from typing import IO

import paramiko

from mock_truenas.processes import Processes

logger = logging.getLogger(__name__)
CHUNK = 64 * 1024
LOOK_EVERY_MS = 500
DRAIN_S = 0.3
CANNOT_RUN = 126


class Execution:
    """Joins a channel and a process until both are done."""

    def __init__(self, channel: paramiko.Channel, command: str, processes: Processes) -> None:
        self._channel = channel
        self._command = command
        self._processes = processes

    def run(self) -> None:
        """Run the command; comes back when it has ended and all of its output is delivered."""
        try:
            process = self._processes.start(self._command)
        except (OSError, ValueError) as problem:
            self._give_up(f"sh: the command cannot be run: {problem}\n")
            return
        pumps = self._pumps(process)
        code = self._processes.wait(process)
        for pump in pumps:
            pump.join(DRAIN_S)
        with contextlib.suppress(OSError, paramiko.SSHException):
            self._channel.send_exit_status(code)
        # As in OpenSSH the channel stays open while anybody still holds the command's output.
        for pump in pumps:
            pump.join()
        self._channel.close()

    def _pumps(self, process: subprocess.Popen[bytes]) -> list[threading.Thread]:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise ValueError("The command was started without pipes.")
        threading.Thread(target=self._feed, args=(process.stdin,), daemon=True).start()
        pumps = [
            threading.Thread(target=self._drain, args=(process.stdout, self._channel.sendall), daemon=True),
            threading.Thread(target=self._drain, args=(process.stderr, self._channel.sendall_stderr), daemon=True),
        ]  # fmt: skip
        for pump in pumps:
            pump.start()
        return pumps

    def _feed(self, stdin: IO[bytes]) -> None:
        with contextlib.suppress(OSError), stdin:
            while chunk := self._channel.recv(CHUNK):
                _write_all(stdin.fileno(), chunk)

    def _drain(self, output: IO[bytes], send: Callable[[bytes], None]) -> None:
        """Pass output on; when the client has gone, close the pipe, so that a writer gets SIGPIPE."""
        with contextlib.suppress(OSError, paramiko.SSHException), output:
            waiting = select.poll()
            waiting.register(output, select.POLLIN)
            while not self._channel.closed:
                if waiting.poll(LOOK_EVERY_MS):
                    chunk = os.read(output.fileno(), CHUNK)
                    if not chunk:
                        return
                    send(chunk)

    def _give_up(self, sentence: str) -> None:
        logger.warning("%s", sentence.strip())
        with contextlib.suppress(OSError, paramiko.SSHException):
            self._channel.sendall_stderr(sentence.encode())
            self._channel.send_exit_status(CANNOT_RUN)
        self._channel.close()


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
