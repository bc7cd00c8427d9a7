"""Tear a lab down from nothing but its directory: also one whose owner died in the middle."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path

from tests.lab import loops, processes
from tests.lab.fault_client import FaultClient, OrderRefused

PREFIX = "burnin-lab-"
OWNER = "owner"
STORE = "store.path"
IMAGES = "images"
BASE = "base"
SMARTCTL = "smartctl"
PLACE = Path("/tmp")  # short, because the name of a socket may only have 107 letters


def own(directory: Path) -> int:
    """Own the lab for as long as the descriptor is open: what nobody owns is swept away."""
    descriptor = os.open(directory / OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def sweep() -> None:
    """Tear down the labs whose owners are gone."""
    for owner in PLACE.glob(f"{PREFIX}*/{OWNER}"):
        with suppress(OSError):
            descriptor = os.open(owner, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                tear_down(owner.parent.resolve())
            finally:
                os.close(descriptor)


def tear_down(directory: Path) -> None:
    """End the processes, free the loop devices, unmount, forget. A second time does no harm."""
    _end_all_faults(FaultClient(directory / "control"))
    processes.end(_host_of(directory))
    for device in loops.under(directory):
        free(device)
    images = directory / IMAGES
    if os.path.ismount(images):  # Path.is_mount fails when nobody answers any more
        loops.run("umount", "--lazy", str(images))
    processes.end(processes.with_argument(str(images)))
    if os.path.ismount(directory / BASE):
        loops.run("umount", "--lazy", str(directory / BASE))
    with suppress(OSError):
        shutil.rmtree((directory / STORE).read_text(encoding="utf-8"), ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


def _host_of(directory: Path) -> set[int]:
    """The sshd, its connections (they hide their names), the commands in them, and their orphans."""
    return {
        *processes.with_argument(f"{directory}/ssh/config"),
        *processes.with_argument(f"{directory}/{SMARTCTL}"),
        *processes.with_open_file(directory / "ssh"),
        *processes.with_environment(f"PATH={directory}/bin:"),
        *processes.with_open_file(directory / BASE),
    }


def free(device: str) -> None:
    """Free a loop device, whatever holds it: programs, mounts or swap."""
    processes.end(processes.holders(device))
    with suppress(RuntimeError):  # that is how it says "not swap"
        loops.run("swapoff", device)
    for mount in _mounts_of(device):
        loops.run("umount", mount)
    loops.detach(device)


def _end_all_faults(client: FaultClient) -> None:
    """Let every waiting request go on: a process that waits for the disk cannot be killed."""
    with suppress(OSError, OrderRefused, ValueError):
        for name in client.tell(op="list")["disks"]:
            client.tell(op="clear", disk=name)


def _mounts_of(device: str) -> list[str]:
    """Where the disk or a partition of it is mounted, the innermost first."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    fields = (line.split(" ") for line in lines)
    return [at for source, at, *_ in fields if _is_of(source, device)][::-1]


def _is_of(source: str, device: str) -> bool:
    rest = source.removeprefix(device)
    return rest != source and (not rest or rest.startswith("p"))
