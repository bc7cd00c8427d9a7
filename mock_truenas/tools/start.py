"""Where every simulated command begins."""

import importlib
import signal
import sys
from pathlib import Path

from mock_truenas.world.place import Place

MODULES = {
    "smartctl": "smartctl",
    "badblocks": "badblocks",
    "burnin-stamped": "stamped",
    "blkid": "signatures",
    "wipefs": "signatures",
    "zdb": "zfs_tools",
    "lsblk": "lsblk",
    "zpool": "zfs_tools",
    "zfs": "zfs_tools",
    "swapon": "mount_tools",
    "findmnt": "mount_tools",
    "id": "person_tools",
    "sudo": "person_tools",
    "hostname": "person_tools",
}


def main() -> None:
    """Run the command that the wrapper names: its data folder and name come first."""
    folder, name, *words = sys.argv[1:]
    if name != "badblocks":
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    module = importlib.import_module(f"mock_truenas.tools.{MODULES[name]}")
    sys.exit(module.run(Place(Path(folder)), name, words))
