"""`python -m mock_truenas`: a pretend storage host for trying the product without a drive."""

import argparse
import logging
import os
import secrets
import stat
import sys
from pathlib import Path

from mock_truenas import power
from mock_truenas.faces.ssh_server import Logins
from mock_truenas.power import DataFolderInUse, Orders
from mock_truenas.world import documents, host
from mock_truenas.world.place import Choices, Place

# Who logs in runs commands as the user who started it, and every user of this machine reaches 127.0.0.1: no login that
# others know. Not among the arguments, which every user of the machine can read.
API_KEY, SSH_PASSWORD = "MOCK_API_KEY", "MOCK_SSH_PASSWORD"


def main() -> None:
    """Read the command line and be the host."""
    given = _parser().parse_args()
    logging.basicConfig(stream=sys.stdout, level=given.log_level, format="%(message)s")
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    os.umask(0o077)
    folder = given.data_dir.resolve()
    try:
        _close_to_others(folder)
        power.run(Place(folder), _orders(given, folder))
    except (DataFolderInUse, OSError) as problem:
        sys.exit(f"mock_truenas: {problem}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mock_truenas", description=__doc__)
    add = parser.add_argument
    add("--data-dir", type=Path, default=Path("data/mock"), help="where the host is kept")
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--http-port", type=int, default=8000, help="0 takes a free port")
    add("--ssh-port", type=int, default=2222, help="0 takes a free port")
    add("--authorized-keys", type=Path, help="file of public keys that may log in")
    add("--hostname", default="mock-truenas", help="another name gives other serial numbers")
    add("--speed", type=_positive, default=1.0, help="simulated seconds in one second")
    add("--surface-seconds", type=_positive, default=45.0, help="four patterns, largest drive")
    add("--short-seconds", type=_positive, default=90.0, help="a short self-test")
    add("--long-seconds", type=_positive, default=480.0, help="a long self-test")
    add("--tick", type=_positive, default=5.0, help="how often jobs show progress")
    add("--log-level", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
    return parser


def _positive(word: str) -> float:
    value = float(word)
    if not 0 < value < float("inf"):
        raise ValueError(word)
    return value


def _close_to_others(folder: Path) -> None:
    """Make the folder, or take from others what they may do with it. Raises OSError: it is shared, or not ours."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & stat.S_ISVTX:
        raise PermissionError(f"{folder} belongs to others too. Choose a folder of its own with --data-dir.")
    folder.chmod(0o700)


def _kept_secret(folder: Path, variable: str) -> str:
    """Give the secret that the environment names, or the one that was made at the first start."""
    path = folder / f"{variable.lower()}.json"
    kept = os.environ.get(variable) or documents.read(path) or secrets.token_urlsafe(18)
    documents.write(path, kept)
    return str(kept)


def _orders(given: argparse.Namespace, folder: Path) -> Orders:
    choices: Choices = {
        "world_id": host.known_world_id(folder),
        "hostname": given.hostname,
        "short_seconds": given.short_seconds,
        "long_seconds": given.long_seconds,
        "surface_seconds": given.surface_seconds,
        "tick_seconds": given.tick,
    }
    return Orders(
        address=given.host,
        http_port=given.http_port,
        ssh_port=given.ssh_port,
        api_key=_kept_secret(folder, API_KEY),
        logins=Logins(_kept_secret(folder, SSH_PASSWORD), given.authorized_keys),
        speed=given.speed,
        choices=choices,
    )


if __name__ == "__main__":
    main()
