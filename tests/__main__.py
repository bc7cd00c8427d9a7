"""The whole suite as two sessions side by side: what runs in the lab waits for drives, all else for the processor.

Each has its own DATA_DIR, so that each has its own database. The lab's session is printed when the other one is over.
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


def main() -> int:
    """Run both to their end; 0 when both passed."""
    _hear_signals()
    with tempfile.TemporaryDirectory(prefix="burnin-test-") as directory:
        log = Path(directory, "lab.log")
        with log.open("wb") as file, log.open("rb") as printed:
            lab = _session("lab", output=file, DATA_DIR=directory)
            others = _session("not lab")
            try:
                others.wait()
                _follow(lab, printed)
            except KeyboardInterrupt:
                _end(others, lab)
                _follow(lab, printed)
    return others.returncode or lab.returncode


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
    over = False
    while not over:
        over = session.poll() is not None
        sys.stdout.buffer.write(printed.read())
        sys.stdout.buffer.flush()
        time.sleep(0 if over else LOOK_EVERY_S)


def _end(*sessions: subprocess.Popen[bytes]) -> None:
    """Interrupt them, so that each takes down what it set up."""
    for session in sessions:
        if session.poll() is None:
            session.send_signal(signal.SIGINT)
    for session in sessions:
        session.wait()


def _hear_signals() -> None:
    """Be ended in good order also by `kill`, and when whoever started us had interrupts ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


if __name__ == "__main__":
    sys.exit(main())
