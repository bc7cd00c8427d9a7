"""Kernel users of a Linux disk that claim nothing: loop devices on top of it, and targets that give it to others."""

from __future__ import annotations

import os
from typing import Iterator, List

from drives.hosts.program.claim import Claim
from drives.hosts.program.machine import Machine
from drives.hosts.program.reason import Reason

NVME_TARGETS = "/sys/kernel/config/nvmet/subsystems"
SCSI_TARGETS = "/sys/kernel/config/target/core"


def looped(machine: Machine) -> Iterator[Claim]:
    """Loop devices whose backing file is a disk or a partition."""
    for name in machine.names_in("/sys/block"):
        backing = machine.read_or(f"/sys/block/{name}/loop/backing_file")
        if backing.startswith("/dev/"):
            yield _claim(machine, backing, f"{backing} is in use by the loop device {name}.")


def exported(machine: Machine) -> Iterator[Claim]:
    """Disks that this host gives to other machines over NVMe or iSCSI."""
    for path in [*_places(machine, NVME_TARGETS, "namespaces", "device_path"), *_scsi_places(machine)]:
        if path.startswith("/dev/"):
            yield _claim(machine, path, f"{path} is given to other machines by this host.")


def _scsi_places(machine: Machine) -> List[str]:
    backstores = _names(machine, SCSI_TARGETS)
    return [
        machine.read_or(f"{SCSI_TARGETS}/{backstore}/{name}/udev_path")
        for backstore in backstores
        for name in _names(machine, f"{SCSI_TARGETS}/{backstore}")
    ]


def _places(machine: Machine, folder: str, inner: str, leaf: str) -> List[str]:
    return [
        machine.read_or(f"{folder}/{name}/{inner}/{entry}/{leaf}")
        for name in _names(machine, folder)
        for entry in _names(machine, f"{folder}/{name}/{inner}")
    ]


def _names(machine: Machine, folder: str) -> List[str]:
    return machine.names_in(folder) if os.path.isdir(machine.at(folder)) else []


def _claim(machine: Machine, path: str, message: str) -> Claim:
    real = path if machine.simulated else os.path.realpath(path)
    number = "" if machine.simulated else machine.device_number(real)
    return Claim(Reason("held", message), node=real[5:].replace("/", "!"), number=number)
