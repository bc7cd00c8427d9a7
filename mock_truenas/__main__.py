"""`python -m mock_truenas`: a pretend storage host for trying the product without a drive."""

import argparse
import logging
import sys
from pathlib import Path

from mock_truenas import power
from mock_truenas.faces.ssh_server import Logins
from mock_truenas.power import DataFolderInUse, Orders
from mock_truenas.world import host
from mock_truenas.world.place import Choices, Place

DEMO_SECRET = "mock-root"  # noqa: S105 - a pretend host has nothing to protect


def main() -> None:
    """Read the command line and be the host."""
    given = _parser().parse_args()
    logging.basicConfig(stream=sys.stdout, level=given.log_level, format="%(message)s")
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    folder = given.data_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
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
    add("--api-key", default="mock-key")
    add("--ssh-password", default=DEMO_SECRET)
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
        api_key=given.api_key,
        logins=Logins(given.ssh_password, given.authorized_keys),
        speed=given.speed,
        choices=choices,
    )


if __name__ == "__main__":
    main()
