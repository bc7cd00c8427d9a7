"""A task cluster as one unit: when one of its processes vanishes, all are killed and the cluster starts afresh.

Measured with Django-Q2: a killed idle worker takes the queue's lock with it and the cluster stands still for good;
a killed monitor repeats tasks without end; a killed parent leaves a cluster of orphans. None of it shows in a log.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from time import monotonic

from burnin_site.supervisor import processes
from burnin_site.supervisor.child import leashed
from burnin_site.supervisor.processes import Process

MEMBER_DEPTH = 2  # the parent's child is the sentinel, whose children work; what a task starts lies deeper


class Cluster:
    """Starts the command of a cluster in this process group and watches its members.

    Call everything from the main thread (see `Child`). The calling process adopts every orphan of the cluster.
    """

    def __init__(self, argv: tuple[str, ...], *, environment: Mapping[str, str]) -> None:
        self._argv = argv
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._members: set[Process] = set()
        self._started_at = 0.0

    @property
    def pids(self) -> list[int]:
        """The processes that this object collects itself."""
        return [self._process.pid] if self._process else []

    @property
    def age_s(self) -> float:
        """Seconds since the last start."""
        return monotonic() - self._started_at

    def start(self) -> None:
        """Start the cluster."""
        processes.adopt_orphans()
        self._members = set()
        self._process = subprocess.Popen(
            leashed(self._argv, death_signal=signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            env=dict(self._environment),
        )
        self._started_at = monotonic()

    def complaint(self) -> str:
        """Return why the cluster must be started afresh, or nothing."""
        process = self._process
        if process is None or process.poll() is not None:
            return f"The cluster ended with exit code {process.returncode if process else None}."
        alive = {member for member in [processes.find(process.pid)] if member}
        alive.update(processes.descendants(process.pid, depth=MEMBER_DEPTH))
        gone = sorted(self._members - alive)
        self._members = self._members | alive
        return f"Process {gone[0].pid} of the cluster vanished." if gone else ""

    def stop(self, *, limit_s: float) -> None:
        """Let running tasks end for at most this long, then kill what is left."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):  # a task that takes longer is repeated later
                process.wait(timeout=limit_s)
        self.kill()

    def kill(self) -> None:
        """Kill every process below this one and collect them."""
        me = os.getpid()
        processes.kill_all(lambda: processes.descendants(me))
        if self._process is not None:
            self._process.wait()
        processes.reap_orphans(keep=[])
