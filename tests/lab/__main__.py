"""A lab for the hand and for the bench.

python -m tests.lab up --disks 4 --size 256M --json     brings one up, and tears it down on SIGTERM or Ctrl-C
python -m tests.lab tell SOCKET '{"op": "hang", "disk": "disk1"}'     gives an order to a running one
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from tests.lab import requirements
from tests.lab.fault_client import FaultClient, OrderRefused
from tests.lab.lab import Lab

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def main(argv: list[str] | None = None) -> int:
    """Do what the command line says; its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    up = commands.add_parser("up", help="bring a lab up and stay")
    up.add_argument("--disks", type=int, default=1)
    up.add_argument("--size", type=_bytes, default="64M", help="of each disk, e.g. 256M or 20T")
    up.add_argument("--protocol", choices=("ATA", "SCSI"), default="ATA")
    up.add_argument("--limit", type=_bytes, default="0", help="bytes per second of each disk")
    up.add_argument("--json", action="store_true", help="print the lab as one JSON object")
    tell = commands.add_parser("tell", help="give an order to a running lab")
    tell.add_argument("control", type=Path)
    tell.add_argument("order", type=json.loads)
    options = parser.parse_args(argv)
    return _tell(options) if options.command == "tell" else _up(options)


def _up(options: argparse.Namespace) -> int:
    problem = requirements.missing()
    if problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    over = threading.Event()
    for end in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # A handler, not a blocked signal: what is blocked here would be blocked in every session too.
        signal.signal(end, lambda *_: over.set())
    with Lab() as lab:
        for _ in range(options.disks):
            disk = lab.add_disk(options.size, protocol=options.protocol)
            disk.limit(options.limit)
        sys.stdout.write(_described(lab.as_json(), as_json=options.json))
        sys.stdout.flush()
        over.wait()
    return 0


def _tell(options: argparse.Namespace) -> int:
    try:
        answer = FaultClient(options.control).tell(**options.order)
    except (OSError, OrderRefused) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _described(lab: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(lab) + "\n"
    lines = [f"ssh -i {lab['key_path']} -p {lab['port']} {lab['user']}@{lab['address']}"]
    lines += [f"{d['device']}  {d['serial']}  {d['size_bytes']} bytes" for d in lab["disks"]]
    return "\n".join([*lines, f"orders: {lab['control']}", "Ctrl-C ends it.", ""])


def _bytes(text: str) -> int:
    unit = UNITS.get(text[-1:].upper())
    return int(text) if unit is None else int(text[:-1]) * unit


if __name__ == "__main__":
    sys.exit(main())
