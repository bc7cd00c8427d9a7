"""Pauses the run of a drive that gets too hot, and lets it go on when it has cooled.

The row says first what is meant, then the host is told: whoever dies in between is repeated by the next turn.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from audit import actions
from audit import services as audit
from drives.hosts.errors import HostSaidNo
from jobs import heat, store, thermometer
from jobs.heat import Advice, Thresholds
from jobs.models import BurninJob, BurninStage
from jobs.stages import get_stage
from jobs.stages.base import HostDoor
from settingsapp import services as settings_services

logger = logging.getLogger(__name__)
Door = Callable[[], HostDoor]


def tend(job: BurninJob, stage: BurninStage, token: str, door: Door, *, now: datetime) -> bool:
    """Pause or continue the run of this stage as its drive's heat demands. Return whether it must rest now.

    Only stages that work the drive from the host can be paused; a drive's self-test runs inside the drive. Raises
    HostError and LeaseLost.
    """
    if not thermometer.can_rest(stage.stage_name):
        return False
    limits = thermometer.limits_of(job, settings_services.current().temp_crit_c)
    samples = thermometer.recent(job, now)
    advice = heat.advise(samples, limits, cooling=job.cooling_since is not None, now=now)
    if advice is Advice.PAUSE:
        if job.cooling_since is None:
            store.write_job(job, token, cooling_since=now, heat_pauses=job.heat_pauses + 1)
            _write_down(job, actions.JOB_PAUSED_FOR_HEAT, samples[-1].celsius, limits)
        _signal(stage, door, "pause")
    elif advice is Advice.CONTINUE:
        if job.paused_at is None:  # what an operator paused, an operator continues
            _signal(stage, door, "continue")
        store.write_job(job, token, cooling_since=None)
        _write_down(job, actions.JOB_COOLED, samples[-1].celsius, limits)
    if job.due_at is not None and job.waiting_since is None:
        store.write_job(job, token, due_at=None)
    return job.cooling_since is not None


def _signal(stage: BurninStage, door: Door, action: str) -> None:
    """Tell the host; a run that ended meanwhile needs no pause, and says so when it is looked at."""
    watch = get_stage(stage.stage_name).watch(stage.data)
    for run_id in watch.runs if watch else ():
        try:
            door().signal(run_id=run_id, action=action)
        except HostSaidNo as error:
            logger.info("The run was not told to %s: %s", action, error, extra={"job_id": stage.job_id})


def _write_down(job: BurninJob, action: str, celsius: int, limits: Thresholds) -> None:
    audit.record(
        action=action,
        actor=None,
        host_name=job.drive.host.name,
        drive_id=job.drive_id,
        drive_serial=job.serial,
        job_id=job.pk,
        note=f"{celsius} °C; pauses at {limits.pause_at} °C, goes on at {limits.continue_at} °C",
        data={"celsius": celsius, "pause_at": limits.pause_at, "continue_at": limits.continue_at},
    )
