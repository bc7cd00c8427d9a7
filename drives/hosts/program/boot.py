"""Which boot of the machine this is."""

from __future__ import annotations

from drives.hosts.program import freebsd
from drives.hosts.program.machine import Machine


def boot_id(machine: Machine) -> str:
    """A name that changes with every boot; "" when the machine has none."""
    if machine.freebsd:
        return freebsd.boot_id(machine)
    return machine.read_or("/proc/sys/kernel/random/boot_id")
