"""zpool, zfs and zdb on a host without pools."""

import sys

from mock_truenas.world.place import Place

VERSION = "zfs-2.1.14-1\nzfs-kmod-2.1.14-1\n"


def run(_place: Place, name: str, words: list[str]) -> int:
    """Say that there are no pools, in the words of the command asked."""
    action = next((word for word in words if not word.startswith("-")), "")
    if action == "version" or "-V" in words or "--version" in words:
        sys.stdout.write(VERSION)
        return 0
    if name == "zdb":
        for number in range(4):
            sys.stdout.write(f"failed to unpack label {number}\n")
        return 2
    return _zpool(action, words) if name == "zpool" else _zfs(action, words)


def _zpool(action: str, words: list[str]) -> int:
    if action == "status":
        sys.stdout.write('{"pools": {}}\n' if _json(words) else "no pools available\n")
        return 0
    if action in ("list", "iostat"):
        if "-H" not in words:
            sys.stdout.write("no pools available\n")
        return 0
    if action == "import":
        sys.stderr.write("no pools available to import\n")
        return 1
    sys.stderr.write(f"zpool: this pretend host has no pools, so it knows no “{action}”.\n")
    return 2


def _zfs(action: str, words: list[str]) -> int:
    if action == "list":
        if "-H" not in words:
            sys.stderr.write("no datasets available\n")
        return 0
    sys.stderr.write(f"zfs: this pretend host has no datasets, so it knows no “{action}”.\n")
    return 2


def _json(words: list[str]) -> bool:
    return any(word.startswith("-") and not word.startswith("--") and "j" in word for word in words)
