"""What a supervisor is told about a process it is to keep running."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """A command that should always run.

    `environment`: what it gets; without it, that of the supervisor.
    `cleans_up`: it has children of its own and ends them on SIGTERM; it gets one when the supervisor dies.
    `health_url`: an address that answers as long as the program is well.
    `stops_last`: the others still need it while they stop.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    cleans_up: bool = False
    health_url: str = ""
    stops_last: bool = False

    @property
    def death_signal(self) -> int:
        """What the kernel sends it when the supervisor dies."""
        return signal.SIGTERM if self.cleans_up else signal.SIGKILL
