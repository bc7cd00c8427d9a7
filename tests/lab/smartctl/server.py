"""Answers every call of a lab's smartctl from one process: to start and to load costs more than to answer.

`python -m tests.lab.smartctl.server --socket PATH --states DIR`. A call is the words of its command line with a zero
byte behind each; the answer is the exit status as one byte, then the text.
"""

from __future__ import annotations

import argparse
import socketserver
from pathlib import Path

from tests.lab.smartctl.command import answered

LONGEST_CALL = 1 << 16


class _Calls(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        call = self.request.recv(LONGEST_CALL)
        status, text = answered(call.decode().split("\0")[:-1], self.server.states)  # type: ignore[attr-defined]
        self.wfile.write(bytes([status]) + text.encode())


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, socket: Path, states: Path) -> None:
        self.states = states
        super().__init__(str(socket), _Calls)


def main() -> None:
    """Serve until somebody ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--states", type=Path, required=True)
    options = parser.parse_args()
    _Server(options.socket, options.states).serve_forever()


if __name__ == "__main__":
    main()
