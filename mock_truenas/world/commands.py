"""The host's bin folder: a few words of shell for each simulated command."""

import shlex
import sys
from pathlib import Path

from mock_truenas.world.place import Place

NAMES = (
    "smartctl",
    "badblocks",
    "burnin-stamped",
    "blkid",
    "wipefs",
    "lsblk",
    "zpool",
    "zfs",
    "zdb",
    "swapon",
    "findmnt",
    "id",
    "sudo",
    "hostname",
)
PACKAGE_PARENT = Path(__file__).resolve().parent.parent.parent
START = "import sys; sys.path.insert(0, {parent!r}); from mock_truenas.tools import start; start.main()"


def install(place: Place) -> None:
    """Write the commands, and a python3 that is the one this program runs on, without its packages."""
    for name in NAMES:
        _write(place.bin / name, _script(place, name))
    python = place.bin / "python3"
    python.unlink(missing_ok=True)
    python.symlink_to(Path(sys.executable).resolve())


def _script(place: Place, name: str) -> str:
    program = START.format(parent=str(PACKAGE_PARENT))
    words = (sys.executable, "-I", "-S", "-c", program, str(place.folder), name)
    return f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'


def _write(path: Path, content: str) -> None:
    if path.is_file() and path.read_text() == content:
        return
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(content)
    draft.chmod(0o700)
    draft.replace(path)
