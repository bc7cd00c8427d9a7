"""The door to a host as a job sees it: nothing is launched that nobody confirmed, or for a drive that is another's."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from jobs import holders, leases, wipe_tokens
from jobs.models import BurninJob, JobState, WipeToken
from jobs.stages.base import HostDoor


class DriveTaken(wipe_tokens.LaunchWaits):
    """A second burn-in of this drive is just being ended."""

    code = "drive_taken"


class LaunchGate:
    """Hands everything on, but a launch only with its confirmation, which the host binds its permit to."""

    def __init__(self, door: HostDoor, job: BurninJob, lease: str, clock: Callable[[], datetime]) -> None:
        self._door, self._job, self._lease, self._clock = door, job, lease, clock

    def launch(self, *, run_id: str, guard: Mapping[str, Any], **what: Any) -> dict[str, Any]:
        """Launch a run of this job.

        Raises HostError when it was not confirmed, the host is disarmed, or another burn-in has the drive; LeaseLost
        when another worker has the job, or it is over, or was moved.
        """
        token = self._allowed(run_id)
        bound = {**guard, "overrides": token.overrides, "user": token.user_name, "plan": token.plan_hash}
        return self._door.launch(run_id=run_id, guard=bound, **what)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._door, name)

    @transaction.atomic
    def _allowed(self, run_id: str) -> WipeToken:
        """Look at the row as it is now: a worker may have slept since it read it, and the drive be elsewhere."""
        leases.confirm(self._job.pk, self._lease)
        job = BurninJob.objects.select_related("drive__host").get(pk=self._job.pk)
        if job.state != JobState.RUNNING or job.drive_id != self._job.drive_id:
            raise leases.LeaseLost(f"Burn-in {job.pk} is {job.state}, and on {job.drive.host.name}.")
        _check_drive(job)
        return wipe_tokens.allow_launch(job=self._job, run_id=run_id, now=self._clock())


def _check_drive(job: BurninJob) -> None:
    """Raise LaunchRefused unless this job has the physical drive; DriveTaken while the other one is being ended."""
    rival = holders.rival_of(job)
    if rival is None and job.identity:
        return
    said = holders.sentence(job.serial, job.drive_id, rival) if rival else f"Another burn-in had {job.serial}."
    if rival and job.identity and (rival.stop_reason or rival.cancel_requested_at):
        raise DriveTaken(f"{said} This one goes on when that one has been ended.")
    raise wipe_tokens.LaunchRefused(f"{said} Nothing was launched. Start again when that one is over.")


def gated(door: HostDoor, job: BurninJob, lease: str, clock: Callable[[], datetime]) -> HostDoor:
    """Return the door with the gate before it; `lease` is the token under which a worker has the job."""
    return cast(HostDoor, LaunchGate(door, job, lease, clock))
