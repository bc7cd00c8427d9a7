"""The processes of the product's Django-Q2 cluster, told apart from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.lab.waiting import wait_until
from tests.product.running import Product


@dataclass(frozen=True)
class Cluster:
    """A cluster: parent (the qcluster command), its sentinel, and the sentinel's workers, monitor and pusher."""

    parent: psutil.Process

    @classmethod
    def of(cls, product: Product) -> Cluster:
        """Find the cluster; waits until it is complete."""
        cluster = wait_until(lambda: cls._complete(product), "the cluster is complete", within_s=30)
        assert cluster is not None
        return cluster

    @classmethod
    def _complete(cls, product: Product) -> Cluster | None:
        ours = [each for each in product.processes() if "qcluster" in " ".join(each.cmdline())]
        pids = {each.pid for each in ours}
        for process in ours:
            if process.ppid() not in pids and len(process.children(recursive=True)) >= 5:
                return cls(process)
        return None

    def members(self, kind: str) -> list[psutil.Process]:
        """Return the one member of a kind: parent, sentinel, idle worker, busy worker, monitor or pusher."""
        if kind == "parent":
            return [self.parent]
        sentinel = self.parent.children()[0]
        if kind == "sentinel":
            return [sentinel]
        # The sentinel of a fresh cluster starts its workers first, then the monitor, then the pusher.
        *workers, monitor, pusher = sorted(sentinel.children(), key=lambda child: (child.create_time(), child.pid))
        if kind in ("monitor", "pusher"):
            return [monitor if kind == "monitor" else pusher]
        asleep = [worker for worker in workers if _sleeps(worker)]
        return asleep if kind == "busy worker" else [worker for worker in workers if worker not in asleep][:1]


def _sleeps(process: psutil.Process) -> bool:
    """Say whether a worker is in the middle of the task that a test gave it: time.sleep."""
    return "nanosleep" in Path(f"/proc/{process.pid}/wchan").read_text(encoding="ascii")
