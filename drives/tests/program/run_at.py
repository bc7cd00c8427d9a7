"""A run of a test, in a folder of its own."""

import os
from pathlib import Path

from drives.hosts.program.run_dir import RunDir
from drives.hosts.program.trusted import FOLDER, Folder


def run_at(folder: Path) -> RunDir:
    """Return the run whose directory this is, there or not."""
    return RunDir("run-1", Folder(str(folder.parent), os.open(folder.parent, FOLDER)), folder.name)
