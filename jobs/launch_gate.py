"""The door to a host as a job sees it: nothing is launched that nobody confirmed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from jobs import wipe_tokens
from jobs.models import BurninJob
from jobs.stages.base import HostDoor


class LaunchGate:
    """Hands everything on, but a launch only with its confirmation, which the host binds its permit to."""

    def __init__(self, door: HostDoor, job: BurninJob, clock: Callable[[], datetime]) -> None:
        self._door, self._job, self._clock = door, job, clock

    def launch(self, *, run_id: str, guard: Mapping[str, Any], **what: Any) -> dict[str, Any]:
        """Launch a run of this job. Raises HostError when it was not confirmed, or the host is disarmed."""
        token = wipe_tokens.allow_launch(job=self._job, run_id=run_id, now=self._clock())
        bound = {**guard, "overrides": token.overrides, "user": token.user_name, "plan": token.plan_hash}
        return self._door.launch(run_id=run_id, guard=bound, **what)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._door, name)


def gated(door: HostDoor, job: BurninJob, clock: Callable[[], datetime]) -> HostDoor:
    """Return the door with the gate before it."""
    return cast(HostDoor, LaunchGate(door, job, clock))
