"""The whole suite as two sessions side by side: what runs in the lab waits for drives, all else for the processor.

Each has its own DATA_DIR. The lab's session is printed when the other one is over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

LOOK_EVERY_S = 0.2
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run both to their end; 0 when both passed."""
    for number in ENDINGS:  # also when whoever started us had interrupts ignored
        signal.signal(number, signal.default_int_handler)
    sessions: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="burnin-test-") as directory:
        log = Path(directory, "lab.log")
        with log.open("wb") as file, log.open("rb") as printed:
            try:
                sessions.append(_session("lab", output=file, DATA_DIR=directory))
                sessions.append(_session("not lab"))
                sessions[1].wait()
                _follow(sessions[0], printed)
            finally:
                _end(sessions)
                _print(printed)
    return int(any(session.returncode for session in sessions))


def _session(which: str, *, output: BinaryIO | None = None, **environment: str) -> subprocess.Popen[bytes]:
    words = ("-m", f"{which} and not soak", "-o", f"cache_dir=.pytest_cache/{which.replace(' ', '-')}")
    return subprocess.Popen(
        (sys.executable, "-m", "pytest", *words),
        env={**os.environ, **environment},
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,  # an interrupt from the keyboard reaches us alone, and each session once
    )


def _follow(session: subprocess.Popen[bytes], printed: BinaryIO) -> None:
    """Print what the session has said and says, until it is over."""
    while session.poll() is None:
        _print(printed)
        time.sleep(LOOK_EVERY_S)


def _print(said: BinaryIO) -> None:
    sys.stdout.buffer.write(said.read())
    sys.stdout.buffer.flush()


def _end(sessions: list[subprocess.Popen[bytes]]) -> None:
    """Interrupt those that still run, so that each takes down what it set up; a further interrupt is passed on."""

    def interrupt(*_given: object) -> None:
        for session in sessions:
            if session.poll() is None:
                session.send_signal(signal.SIGINT)

    for number in ENDINGS:
        signal.signal(number, interrupt)
    interrupt()
    for session in sessions:
        session.wait()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
